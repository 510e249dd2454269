"""A grave incident is open for longer than such incidents usually take. One alert per incident."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts import pages
from alerts.base import Finding, Row, Situation, asking_rule
from alerts.context import happened_since
from alerts.past import Fired, Past, in_order
from alerts.wording import duration, moment
from domain.incident.postmortem import GRAVE
from domain.incident.spread import Spread
from domain.window import Window
from queries.incident_clocks import incident_clocks, incidents_of
from queries.promises import Ask

OPEN = "incident/open"

HISTORY_DAYS = 90
"""The usual time to restore is taken from so many days, as the scorecard takes it."""
AT_LEAST = 3
"""Of fewer incidents a mean says nothing; until then `DEFAULT` counts."""
DEFAULT = timedelta(hours=4)
"""Without a history: half a working day is longer than whoever restores a grave incident means to take."""


def look(ask: Ask, situation: Situation) -> list[Finding]:
    """One finding per open sev1 or sev2: firing from the mean time to restore on, a level more for each one of it."""
    now = situation.now
    period = Window(now - timedelta(days=HISTORY_DAYS), now)
    rows = [row for row in ask(OPEN, now=now, team=[], feature=[]).rows() if row["severity"] in GRAVE]
    if not rows:
        return []
    usual = {severity: _usual(ask, period, now, severity) for severity in {row["severity"] for row in rows}}
    return [_explained(ask, _finding(row, *usual[row["severity"]], now), row, now) for row in rows]


def _explained(ask: Ask, finding: Finding, row: Row, now: datetime) -> Finding:
    if finding.state != "firing":
        return finding
    since = row["since_at"].replace(tzinfo=UTC)
    return replace(finding, happened=happened_since(ask, since, now, feature=row["feature"]))


def _usual(ask: Ask, period: Window, now: datetime, severity: str) -> tuple[timedelta, str]:
    """How long such an incident takes, and the sentence that says where that comes from."""
    restore: Spread = incident_clocks(ask, period, now, severity=[severity]).clocks.restore
    if restore.mean_seconds is None or restore.count < AT_LEAST:
        return DEFAULT, f"too few {severity} are on record for a usual time, so {duration(DEFAULT)} counts"
    mean = timedelta(seconds=restore.mean_seconds)
    return mean, f"{duration(mean)} is the mean of {restore.count:,} {severity} in {HISTORY_DAYS} days"


def _finding(row: Row, usual: timedelta, source: str, now: datetime) -> Finding:
    since = row["since_at"].replace(tzinfo=UTC)
    age = now - since
    is_late = age > usual
    name = row["number"] or row["incident_id"]
    acknowledged = row["acknowledged_at"]
    return Finding(
        fingerprint=f"incident:{row['source']}:{row['incident_id']}",
        state="firing" if is_late else "pending",
        severity="page" if row["severity"] == "sev1" else "ticket",
        level=max(1, int(age / usual)) if usual else 1,
        title=f"{row['severity']} {name} is open for longer than usual",
        summary=f"{row['title']} is open for {duration(age)}; {source}.",
        facts={"incident": row["incident_id"], "severity": row["severity"], "since_at": since},
        fields=(
            ("Incident", row["url"] or name),
            ("Impact since" if row["is_since_start"] else "Declared", moment(since)),
            ("Acknowledged", moment(acknowledged.replace(tzinfo=UTC)) if acknowledged else "not yet"),
        ),
        owner=row["team"],
        page_path=pages.incident(row["source"], row["incident_id"]),
        scope={key: row[key] for key in ("service", "feature", "team", "tier") if row[key]},
    )


def past(ask: Ask, situation: Situation, days: int) -> Past:
    """The grave incidents that took longer than the mean of their severity today."""
    now = situation.now
    period = Window(now - timedelta(days=days), now)
    fired = []
    for severity in GRAVE:
        usual, _ = _usual(ask, period, now, severity)
        asked = incident_clocks(ask, period, now, severity=[severity])
        for one in incidents_of(asked.result.rows()):
            since = one.impact_started_at or one.declared_at
            late_at, over_at = since + usual, one.restored_at
            if late_at < (over_at or now):
                fired.append(Fired(late_at, f"{severity} {one.key[1]} was open for longer than usual", over_at))
    return in_order(days, fired)


RULE = asking_rule("incident_overdue", every="1m", look=look, kind="incident", past=past)
