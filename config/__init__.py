"""What an operator edits, and the modules that read it."""
