"""A grave incident has no postmortem, and the time for it is over. One alert per incident."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Rule, Situation
from alerts.wording import duration, moment
from domain.incident.postmortem import OVERDUE

QUERY = "incident/postmortems"

SINCE_DAYS = 180
"""What is owed longer is a matter for a review, not for a message."""
LEVEL_DAYS = 7


def _params(situation: Situation) -> dict[str, Any]:
    return {"since": situation.now - timedelta(days=SINCE_DAYS), "now": situation.now, "team": [], "feature": []}


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident that owes a postmortem or has one: firing while it is late."""
    return [_finding(row, situation) for row in rows[QUERY]]


def _finding(row: Row, situation: Situation) -> Finding:
    name = row["number"] or row["incident_id"]
    is_late = row["state"] == OVERDUE
    due = _aware(row["postmortem_due_at"])
    late = situation.now - due if due else timedelta(0)
    scope = {key: row[key] for key in ("service", "feature", "team") if row[key]}
    return Finding(
        fingerprint=f"postmortem:{row['source']}:{row['incident_id']}",
        state="firing" if is_late else "over",
        severity="ticket",
        level=1 + late.days // LEVEL_DAYS if is_late else 1,
        title=f"The postmortem of {name} is late" if is_late else f"The postmortem of {name} is no longer late",
        summary=(
            f"{row['title']} ({row['severity']}) was over on {moment(_aware(row['over_at']) or situation.now)}; its "
            f"postmortem was due {duration(late)} ago and none is published."
            if is_late
            else f"The postmortem of {row['title']} is {row['state']}."
        ),
        facts={"incident": row["incident_id"], "severity": row["severity"], "due_at": due},
        fields=(("Incident", row["url"] or name), ("Severity", row["severity"] or "unknown")),
        owner=row["team"],
        page_path=pages.incident(row["source"], row["incident_id"]),
        scope=scope,
    )


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


RULE = Rule("postmortem_overdue", every="30m", queries={QUERY: _params}, find=find, kind="incident")
