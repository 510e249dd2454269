"""One question per .sql file, and the runner that binds and types them."""
