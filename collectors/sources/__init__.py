"""One file per source; found by being here."""
