"""What the timeline of incidents is drawn from: bars, lanes, our error rate, and if both went together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app import format as fmt
from app.charts.incident_timeline import Bar, Errors
from app.incidents import NO_SEVERITY, SIGNS, Line, gravest_first
from domain.incident.spans import ImpactSpan, clipped
from domain.window import Window, floor_hour

Row = Mapping[str, Any]

HOUR = timedelta(hours=1)
OURS = "our requests"
"""Whose error rate it is, unless a team or a feature is chosen."""


def lanes(lines: Sequence[Line]) -> list[str]:
    """Ours by severity, gravest first, then one per provider."""
    ours = [SIGNS.get(name or "", NO_SEVERITY) for name in gravest_first(_severities(lines))]
    return [*ours, *sorted({fmt.provider(one.row["provider"]) for one in lines if one.row["provider"]})]


def bars(lines: Sequence[Line], window: Window) -> list[Bar]:
    """One per span of impact that lies in the window; where no start is known, the declaration alone."""
    found = []
    for line in lines:
        provider = line.row["provider"]
        lane = fmt.provider(provider) if provider else line.severity
        known = line.spans or (ImpactSpan(line.declared_at, line.declared_at + timedelta(microseconds=1)),)
        for span in known:
            for part in clipped([span], window):
                ends = part.ended_at if line.spans else None
                goes_on = bool(line.spans) and span.ended_at is None and line.is_open
                found.append(
                    Bar(lane, line.row["severity"], bool(provider), part.started_at, ends, goes_on, _label(line, span))
                )
    return found


def errors(rows: Sequence[Row], window: Window) -> Errors:
    """Rows of slo/errors_by_hour; hours in between that have none are unknown. Nothing without rows."""
    if not rows:
        return Errors([], [])
    by_hour = {row["hour"].replace(tzinfo=UTC): _ratio(row["bad_count"], row["valid_count"]) for row in rows}
    first, last = min(by_hour), min(max(by_hour), window.end)
    hours = [first + HOUR * number for number in range((last - first) // HOUR + 1)]
    return Errors(hours, [by_hour.get(hour) for hour in hours])


def errors_in_trouble(rows: Sequence[Row], lines: Iterable[Line], window: Window) -> tuple[float | None, float | None]:
    """Our error rate in the hours that touch an incident of a provider, and in all others; None of no request."""
    spans = [part for line in lines if line.row["provider"] for part in clipped(line.spans, window)]
    hours = {hour for span in spans for hour in _hours(span)}
    sums = {True: [0, 0], False: [0, 0]}
    for row in rows:
        into = sums[row["hour"].replace(tzinfo=UTC) in hours]
        into[0] += row["bad_count"]
        into[1] += row["valid_count"]
    return _ratio(*sums[True]), _ratio(*sums[False])


def finding(during: float | None, otherwise: float | None, whose: str) -> str:
    """Whether `whose` requests failed more while a provider was in trouble; the question where nothing tells."""
    if during is None or otherwise is None:
        return "When did it go wrong, here and at the providers?"
    return (
        f"{fmt.percent(during, 1)} of {whose} failed while a provider was in trouble, "
        f"{fmt.percent(otherwise, 1)} otherwise"
    )


def unknown(whose: str) -> str:
    """Why no error rate is drawn."""
    if whose == OURS:
        return "No request log is connected, so our own error rate is unknown."
    return f"None of {whose} is logged, so their error rate is unknown."


def _severities(lines: Iterable[Line]) -> list[str | None]:
    return [one.row["severity"] if one.row["severity"] in SIGNS else None for one in lines if not one.row["provider"]]


def _label(line: Line, span: ImpactSpan) -> str:
    start = fmt.moment(span.started_at)
    if not line.spans:
        return f"{line.severity}: {line.name}<br>declared {start}; nobody knows since when it hurt"
    end = "open" if span.ended_at is None else f"to {fmt.moment(span.ended_at)}"
    return f"{line.severity}: {line.name}<br>{start} {end}"


def _hours(span: ImpactSpan) -> Iterable[datetime]:
    hour = floor_hour(span.started_at)
    while span.ended_at is not None and hour < span.ended_at:
        yield hour
        hour += HOUR


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
