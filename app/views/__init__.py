"""One file per page, found by being there."""
