"""Service level objectives as OpenSLO v1 files: read, checked with file and line, and made into definitions."""
