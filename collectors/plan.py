"""Which windows a source still has to load, from what the ledger says it has."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.window import Window, floor_day

Span = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plan(
    loaded: Sequence[Span],
    *,
    now: datetime,
    backfill: timedelta,
    lookback: timedelta,
    chunk: timedelta,
    grain: timedelta = _DAY,
) -> list[Window]:
    """Windows in time order, each at most `chunk` long.

    A first run covers the whole back-fill. A later one begins where the loaded spans stop being without gap,
    less the look-back that picks up restated days. All begin at a multiple of `grain`, that of the rollups.
    """
    first = floor_day(now - backfill)
    complete_until = _complete_until(loaded, first)
    again = complete_until - lookback if complete_until else first
    start = max(first, again - (again - _EPOCH) % grain)
    return list(Window(start, now).split(chunk)) if now > start else []


def _complete_until(loaded: Sequence[Span], first: datetime) -> datetime | None:
    """The end of the unbroken stretch of loaded time that begins at or before `first`, or None."""
    spans = sorted((_aware(start), _aware(end)) for start, end in loaded)
    covered = [span for span in spans if span[1] > first]
    if not covered or covered[0][0] > first:
        return None
    reached = covered[0][1]
    for start, end in covered[1:]:
        if start > reached:
            break
        reached = max(reached, end)
    return reached


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
