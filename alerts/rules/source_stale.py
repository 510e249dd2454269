"""A configured source is late, or cannot be read until somebody does something. One alert per source."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Rule, Situation, State
from alerts.wording import duration, moment
from domain.duration import parse_duration
from domain.wording import count

QUERY = "alert/source_health"

MISSED_RUNS = 2
"""A source is not late before its second run in a row brought nothing, however short the limit of the settings."""

LATE, NEEDS_A_PERSON = 1, 2
"""Levels: data are old; no later run can help until a person acts."""


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per enabled source that ever ran; a source that is configured nowhere is not missed."""
    return [
        _finding(row, situation)
        for row in rows[QUERY]
        if situation.settings.sources.get(row["source"], {"enabled": False}).get("enabled", True)
    ]


def limit(row: Row, situation: Situation) -> timedelta | None:
    """How old a source's data may be: its own `stale_after`, else the default, but at least two of its runs.

    None for files without a limit of their own: they come when somebody delivers them.
    """
    own: Mapping[str, Any] = situation.settings.sources[row["source"]]
    if own.get("stale_after"):
        return parse_duration(own["stale_after"])
    if row["reads_files"]:
        return None
    every = parse_duration(own["every"]) if own.get("every") else situation.source_every.get(row["source"])
    return max(parse_duration(situation.settings.alerts.stale_after), MISSED_RUNS * (every or timedelta(0)))


def _finding(row: Row, situation: Situation) -> Finding:
    source = row["source"]
    allowed = limit(row, situation)
    waited_since = max(_utc(at) for at in (row["watermark_at"], row["first_started_at"]) if at)
    refused = row["last_status"] == "failed" and (row["error_kind"] == "fatal" or row["reads_files"])
    late = allowed is not None and situation.now - waited_since > allowed
    state: State = "over"
    if refused or late:
        state = "pending" if not refused and _is_being_fetched(row, situation, allowed) else "firing"
    told = {"over": f"{source} is fresh again"} | ({"firing": f"{source} cannot be read"} if refused else {})
    return Finding(
        fingerprint=f"source:{source}",
        state=state,
        severity="ticket",
        level=NEEDS_A_PERSON if refused else LATE,
        title=told.get(state, f"{source} is late"),
        summary=_summary(row, situation, allowed, is_problem=state == "firing"),
        facts={
            "source": source,
            "watermark_at": row["watermark_at"],
            "error_kind": row["error_kind"],
            "failed_since_ok_count": row["failed_since_ok_count"],
        },
        fields=_fields(row, allowed),
        page_path=pages.source(source),
        scope={"source": source},
    )


def _is_being_fetched(row: Row, situation: Situation, allowed: timedelta | None) -> bool:
    """True while the run that follows a good one is under way: after a pause it is about to bring the rest."""
    running_since = row["running_since_at"]
    if running_since is None or row["last_status"] == "failed" or allowed is None:
        return False
    return situation.now - _utc(running_since) <= allowed


def _summary(row: Row, situation: Situation, allowed: timedelta | None, *, is_problem: bool) -> str:
    until = _data_until(row, situation)
    if not is_problem:
        return f"{until}."
    limit_told = f", {duration(allowed)} are allowed" if allowed and row["error_kind"] != "fatal" else ""
    if row["last_status"] == "failed":
        reason = (row["error_message"] or "The last run failed without a reason.").strip()
        runs = count(row["failed_since_ok_count"], "run")
        return f"{until}{limit_told}; {runs} failed since: {reason}"
    return (
        f"{until}{limit_told}, and no run failed: check that the scheduler runs (python -m burnline run), "
        f"or load it by hand: python -m burnline collect --source {row['source']}"
    )


def _data_until(row: Row, situation: Situation) -> str:
    if row["watermark_at"] is None:
        return f"{row['source']} has not delivered anything yet"
    at = _utc(row["watermark_at"])
    return f"The data of {row['source']} are complete up to {moment(at)}, {duration(situation.now - at)} ago"


def _fields(row: Row, allowed: timedelta | None) -> tuple[tuple[str, str], ...]:
    fields = [("Data until", moment(_utc(row["watermark_at"])) if row["watermark_at"] else "nothing yet")]
    if allowed:
        fields.append(("Allowed delay", duration(allowed)))
    if row["failed_since_ok_count"]:
        fields.append(("Failed runs in a row", str(row["failed_since_ok_count"])))
    return tuple(fields)


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


RULE = Rule("source_stale", every="5m", queries={QUERY: lambda _: {}}, find=find, kind="source", knows_its_past=False)
