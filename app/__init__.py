"""The dashboard: fetch, then draw."""
