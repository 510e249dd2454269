"""Pure functions from rows to plotly dicts."""
