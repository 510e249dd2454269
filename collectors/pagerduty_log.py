"""What happened to PagerDuty's incidents, from their log entries: acknowledged, resolved, come back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collectors.base import Api
from collectors.fields import Row, part, required_text, rfc3339_time
from collectors.pagerduty_pages import read_all, read_window
from domain.incident.spans import Change
from domain.window import Window

PATH = "/log_entries"
NAME = "log_entries"

ACKNOWLEDGED = "acknowledge_log_entry"
RESOLVED = "resolve_log_entry"
BACK = ("trigger_log_entry", ACKNOWLEDGED, "unacknowledge_log_entry", "escalate_log_entry")
"""Only an open incident gets these: the first one after a resolve is the earliest proof that it came back."""

TAIL = timedelta(days=3)
"""How far beyond its window the account's log is read; incidents that took longer are asked for one by one."""


@dataclass(slots=True)
class History:
    """The log of one incident. `changes`: when it was over and when it had come back."""

    acknowledged_at: datetime | None = None
    changes: list[Change] = field(default_factory=list)


def histories(api: Api, incidents: Iterable[Row], window: Window) -> dict[str, History]:
    """The history of each incident by its id. One list for all, and one more for each that outlasted it."""
    where = f"{api.name} {PATH}"
    rows = {required_text(row, "id", where): row for row in incidents}
    if not rows:
        return {}
    end = min(window.end + TAIL, max(api.now, window.end))
    log = read_window(api, PATH, NAME, Window(window.start, end))
    entries: dict[str, list[Row]] = {key: [] for key in rows}
    for entry in log:
        key = part(entry, "incident", where).get("id")
        if key in entries:
            entries[key].append(entry)
    for key, row in rows.items():
        if _outlasts(row, end, api.now, where):
            entries[key] = read_all(api, f"/incidents/{key}/log_entries", NAME, [("time_zone", "UTC")])
    return {key: history(of_one, where) for key, of_one in entries.items()}


def _outlasts(row: Row, end: datetime, now: datetime, where: str) -> bool:
    """True when something may have happened to the incident after the part of the log that was read."""
    if end >= now:
        return False
    if row.get("status") != "resolved":
        return True
    changed = row.get("last_status_change_at") or row.get("resolved_at")
    return not changed or rfc3339_time({"at": changed}, "at", where) > end


def history(entries: Iterable[Mapping[str, object]], where: str) -> History:
    """What the entries of one incident tell, in whatever order they come."""
    found = History()
    timed = sorted((rfc3339_time(entry, "created_at", where), str(entry.get("type"))) for entry in entries)
    over_at: datetime | None = None
    for moment, kind in timed:
        if kind == ACKNOWLEDGED and found.acknowledged_at is None:
            found.acknowledged_at = moment
        if kind == RESOLVED:
            over_at = moment
        elif kind in BACK and over_at is not None:
            found.changes += [(over_at, True), (moment, False)]
            over_at = None
    if over_at is not None:
        found.changes.append((over_at, True))
    return found
