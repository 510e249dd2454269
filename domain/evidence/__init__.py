"""A pack of evidence: files, their hashes, and one archive that is the same whenever its files are. Pure."""
