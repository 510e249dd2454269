"""What the company resolved to do after its grave incidents, as it keeps it in a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sandbox.catalog import FEATURES
from sandbox.company import Company
from sandbox.incidents import company_incidents
from sandbox.timeline import rfc3339

ACTION_COLUMNS = ("action_id", "incident_id", "created_at", "title", "state", "owner", "due_on", "completed_at")

_TITLES = ("Add an alert that would have told us first", "Rehearse the fallback to another model")
_DONE_SHARE = 0.6
_NEVER_SHARE = 0.08
_OWNER = {feature.key: feature.owner for feature in FEATURES}
"""What is to be done for the shop has nobody's name yet."""


def action_rows(company: Company, now: datetime) -> Iterator[tuple[object, ...]]:
    """In the order of ACTION_COLUMNS: two items for each P1 or P2 whose postmortem is written, as known at `now`."""
    for incident in company_incidents(company.seed, company.anchor):
        written = incident.postmortem_at
        if written is None or written > now:
            continue
        for place, title in enumerate(_TITLES):
            draw = Random(f"{company.seed}/action/{incident.number}/{place}").random()
            due = written.date() + timedelta(days=14 * (place + 1))
            done_at = written + timedelta(days=5 + 9 * place)
            is_done = draw < _DONE_SHARE and done_at <= now
            state = "done" if is_done else "dropped" if draw > 1 - _NEVER_SHARE else "open"
            yield (
                f"{incident.number}-{place + 1}",
                incident.number,
                rfc3339(int(written.timestamp())),
                title,
                state,
                _OWNER.get(incident.service, ""),
                due.isoformat(),
                rfc3339(int(done_at.timestamp())) if is_done else "",
            )
