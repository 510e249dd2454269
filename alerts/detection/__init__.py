"""Judges the days of every watched series by their past, and keeps what it found for rules and pages."""
