"""The words of an incident: how grave it is and how far it has come."""

SEVERITIES = ("sev1", "sev2", "sev3", "sev4")
"""Gravest first."""

OPEN = "open"
"""The impact goes on, or nobody has said that it is over."""
MITIGATED = "mitigated"
"""The impact is over, the work is not."""
RESOLVED = "resolved"
MERGED = "merged"
"""Part of another incident, which counts in its place."""
DECLINED = "declined"
"""No incident after all: declined, cancelled, a false alarm."""

STATUSES = (OPEN, MITIGATED, RESOLVED, MERGED, DECLINED)
UNCOUNTED = (MERGED, DECLINED)
"""In no count and in no clock, and still on the timeline."""
