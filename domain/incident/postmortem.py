"""The postmortem that a grave incident owes."""

from datetime import datetime, timedelta

from domain.incident.incident import Incident

GRAVE = ("sev1", "sev2")
DUE_AFTER = timedelta(hours=72)
"""From the end of the impact, not from the declaration: who still restores cannot write, and a long incident would be
late before it is over. The formal closing may come weeks later, so it does not start the clock either."""

PUBLISHED, OVERDUE, DUE = "published", "overdue", "due"


def postmortem_due_at(incident: Incident) -> datetime | None:
    """When it is due: as the source says, else 72 hours after the impact ended. None when none is owed (yet)."""
    if incident.postmortem_due_at is not None:
        return incident.postmortem_due_at
    if not incident.counts or incident.severity not in GRAVE or incident.restored_at is None:
        return None
    return incident.restored_at + DUE_AFTER


def postmortem_state(incident: Incident, now: datetime) -> str | None:
    """published, overdue or due; None when none is owed (yet). One that comes late is published all the same."""
    due_at = postmortem_due_at(incident)
    published_at = incident.postmortem_published_at
    if published_at is not None and published_at <= now:
        return PUBLISHED
    if due_at is None:
        return None
    return OVERDUE if now > due_at else DUE
