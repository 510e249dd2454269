"""Incidents: their clocks, what is open, what is owed afterwards."""
