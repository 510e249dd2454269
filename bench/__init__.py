"""Speed claims, each measured beside its limit in the same run: `make bench`."""
