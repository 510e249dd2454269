"""What state each source is in, from its runs and the clock. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

STATES = ("failing", "late", "waiting", "running", "ok")
"""Gravest first; `waiting`: configured and never run."""
LABELS = {
    "failing": "✕ Failing",
    "late": "! Late",
    "waiting": "– Not run yet",
    "running": "↻ Running",
    "ok": "✓ On time",
}

BETWEEN_WINDOWS = timedelta(minutes=1)
"""Longer than it takes from the end of one window of a backfill to the next one's beginning."""
MISSED_RUNS = 2
"""A source is not late before its second run in a row brought nothing."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: its state and the row of `ops/sources` (empty when it never ran)."""

    source: str
    state: str
    facts: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Sign and word: colour alone tells nobody enough."""
        return LABELS[self.state]

    @property
    def is_loading_history(self) -> bool:
        """True while its first backfill runs, or is about to."""
        return self.state == "waiting" or (
            self.state == "running" and "backfill" in (self.facts["running_kind"], self.facts["last_kind"])
        )


def loaded_share(state: SourceState, now: datetime) -> float:
    """How much of its history a source has loaded, from 0 to 1: windows are of equal length, so time counts them."""
    if not state.is_loading_history:
        return 1.0
    start, reached = state.facts.get("backfill_start_at"), state.facts.get("watermark_at")
    whole = now.replace(tzinfo=None) - start if start else timedelta()
    if reached is None or whole <= timedelta():
        return 0.0
    return float(max(0.0, min(1.0, (reached - start) / whole)))


def states(
    rows: Iterable[Mapping[str, Any]],
    configured: Mapping[str, timedelta | None],
    now: datetime,
    stale_after: timedelta,
) -> list[SourceState]:
    """Every source that ran or is configured, gravest first.

    Only configured ones can be late; `configured` maps each to its own limit, or None for the default.
    """
    found = {
        row["source"]: _state(row, now, _limit(row, configured[row["source"]], stale_after))
        if row["source"] in configured
        else _state(row, now, None)
        for row in rows
    }
    for source in configured.keys() - found.keys():
        found[source] = SourceState(source, "waiting", {})
    return sorted(found.values(), key=lambda s: (STATES.index(s.state), s.source))


def _limit(row: Mapping[str, Any], own: timedelta | None, stale_after: timedelta) -> timedelta | None:
    """How old its data may be, as the alert on stale sources has it; None for files, which come when they come."""
    if own:
        return own
    if row["reads_files"]:
        return None
    return max(stale_after, timedelta(seconds=MISSED_RUNS * (row["every_seconds"] or 0)))


def _state(row: Mapping[str, Any], now: datetime, limit: timedelta | None) -> SourceState:
    watermark = row["watermark_at"]
    if row["last_status"] == "failed":
        state = "failing"
    elif row["running_kind"] is not None:
        state = "running"
    elif limit and (watermark is None or now.replace(tzinfo=None) - watermark > limit):
        state = "running" if _is_between_windows(row, now) else "late"
    else:
        state = "ok"
    return SourceState(row["source"], state, row)


def _is_between_windows(row: Mapping[str, Any], now: datetime) -> bool:
    """A backfill is one run per window; just after one ended, the next is about to begin."""
    ended = row["last_finished_at"]
    if row["last_kind"] != "backfill" or ended is None:
        return False
    return bool(now.replace(tzinfo=None) - ended < BETWEEN_WINDOWS)


def summary(found: Sequence[SourceState]) -> str:
    """`1 source failing, 2 sources late`; empty when all is well."""
    counted = [(word, sum(1 for s in found if s.state == word)) for word in ("failing", "late")]
    return ", ".join(f"{number} source{'s' if number > 1 else ''} {word}" for word, number in counted if number)
