"""Asks what the objectives of all SLOs counted, and answers with how each stands at one moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, TypeAlias

import pyarrow as pa

from domain.slo.attainment import NOTHING, Counts
from domain.slo.definition import Method, Objective, SloDefinition
from domain.slo.methods import judged
from domain.slo.period import Period
from domain.slo.series import MinuteSeries, minute_of, minute_series
from domain.slo.standing import Standing, slice_of, trailing, windows_of
from domain.window import Window, floor_hour
from queries.runner import Result

KNOWN_TO, PERIOD, WINDOWS, MINUTES = "slo/known_to", "slo/period_counts", "slo/window_counts", "slo/by_minute"
SLOTS = 8
"""So many windows slo/window_counts adds up at once."""

MICROSECONDS = 60 * 10**6
"""In a minute: Arrow counts moments in microseconds."""

Ask: TypeAlias = Callable[..., Result]
Counted: TypeAlias = Mapping[str, Counts]


@dataclass(frozen=True)
class Promises:
    """How all objectives stand at `at`, in the order of the files; `asked` is what that was made from."""

    at: datetime
    standings: Sequence[Standing]
    asked: Sequence[Result]


def known_to(ask: Ask, now: datetime) -> datetime:
    """Up to which minute promises are judged: where the newest request log ends, never in the future."""
    marks = [row["watermark_at"] for row in ask(KNOWN_TO).rows() if row["watermark_at"] is not None]
    newest = max(marks, default=None)
    at = now if newest is None else min(now, newest.replace(tzinfo=now.tzinfo))
    return at.replace(second=0, microsecond=0)


def promises(ask: Ask, slos: Sequence[SloDefinition], at: datetime) -> Promises:
    """Every objective at `at`, a whole minute that itself is not known yet."""
    asked: list[Result] = []

    def remember(name: str, **params: Any) -> Result:
        asked.append(ask(name, **params))
        return asked[-1]

    by_period = _by_period(remember, [period for slo in slos for period in slo.windows], at)
    by_window = _by_window(remember, windows_of(slos), at) if slos else {}
    excluded = by_period.excluded
    found = []
    for slo in slos:
        for objective in slo.objectives:
            key = slo.key(objective)
            counted = {minutes: counts.get(key, NOTHING) for minutes, counts in by_window.items()}
            series = None if slo.method is Method.OCCURRENCES else _series(remember, slo, objective, at)
            first, *others = [_of_period(slo, objective, period, by_period, series, at) for period in slo.windows]
            found.append(
                Standing(
                    slo=slo,
                    objective=objective,
                    at=at,
                    counts=first,
                    burns=counted if series is None else _judged_windows(slo, objective, series, at, list(counted)),
                    events=counted,
                    excluded_count=excluded.get((slo.windows[0], key), 0),
                    others=tuple(zip(slo.windows[1:], others, strict=True)),
                )
            )
    return Promises(at, found, asked)


@dataclass(frozen=True, slots=True)
class _Periods:
    counts: Mapping[tuple[Period, str], Counts]
    excluded: Mapping[tuple[Period, str], int]


def _by_period(ask: Ask, periods: Sequence[Period], at: datetime) -> _Periods:
    counts: dict[tuple[Period, str], Counts] = {}
    excluded: dict[tuple[Period, str], int] = {}
    for period in dict.fromkeys(periods):
        span = period.so_far(at)
        for row in ask(PERIOD, start=span.start, **_edges(span), end=span.end).rows():
            counts[period, row["slo"]] = Counts(Fraction(row["good_count"]), Fraction(row["total_count"]))
            excluded[period, row["slo"]] = row["excluded_count"]
    return _Periods(counts, excluded)


def _edges(span: Window) -> dict[str, datetime]:
    """The whole hours in a span."""
    first = floor_hour(span.start)
    first = first if first == span.start else first + timedelta(hours=1)
    return {"first_hour": first, "last_hour": max(first, floor_hour(span.end))}


def _by_window(ask: Ask, lengths: Sequence[int], at: datetime) -> dict[int, Counted]:
    found: dict[int, Counted] = {}
    for place in range(0, len(lengths), SLOTS):
        some = list(lengths[place : place + SLOTS])
        slots = [*some, *[some[-1]] * (SLOTS - len(some))]
        starts = {f"start_{number}": trailing(at, minutes).start for number, minutes in enumerate(slots, start=1)}
        rows = ask(WINDOWS, end=at, **starts).rows()
        for number, minutes in enumerate(some, start=1):
            found[minutes] = {
                row["slo"]: Counts(Fraction(row[f"good_{number}"]), Fraction(row[f"total_{number}"])) for row in rows
            }
    return found


def _series(ask: Ask, slo: SloDefinition, objective: Objective, at: datetime) -> MinuteSeries | None:
    """The minutes that slices are cut from; None when there are none."""
    start = min(period.so_far(at).start for period in slo.windows)
    return series_of(ask(MINUTES, start=start, end=at, slo=(slo.key(objective),)).table)


def series_of(table: pa.Table) -> MinuteSeries | None:
    """The rows of slo/by_minute of one SLO; None without any."""
    if not table.num_rows:
        return None
    minutes = table["minute"].cast(pa.int64()).to_numpy() // MICROSECONDS
    return minute_series(minutes, table["good_count"].to_numpy(), table["total_count"].to_numpy())


def _of_period(
    slo: SloDefinition,
    objective: Objective,
    period: Period,
    counted: _Periods,
    series: MinuteSeries | None,
    at: datetime,
) -> Counts:
    if series is None:
        return counted.counts.get((period, slo.key(objective)), NOTHING)
    span = period.so_far(at)
    return judged(series, slo.method, *slice_of(objective)).counts(minute_of(span.start), minute_of(span.end))


def _judged_windows(
    slo: SloDefinition, objective: Objective, series: MinuteSeries, at: datetime, lengths: Sequence[int]
) -> dict[int, Counts]:
    by_method = judged(series, slo.method, *slice_of(objective))
    end = minute_of(at)
    return {minutes: by_method.counts(end - minutes, end) for minutes in lengths}
