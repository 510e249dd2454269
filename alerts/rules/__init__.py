"""One file per rule; found by being here."""
