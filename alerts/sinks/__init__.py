"""One file per sink; found by being here."""
