"""When an incident hurt: spans of impact, several where it was reopened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.window import Window


@dataclass(frozen=True, slots=True, order=True)
class ImpactSpan:
    """`[started_at, ended_at)`; `ended_at` None while the impact goes on."""

    started_at: datetime
    ended_at: datetime | None = None


Change = tuple[datetime, bool]
"""`(moment, over)`: from that moment the impact was over, or had come back."""


def impact_spans(started_at: datetime | None, changes: Iterable[Change]) -> tuple[ImpactSpan, ...]:
    """The spans between an impact's start and the changes in order of time; none without a start.

    A change that repeats the one before changes nothing: a second resolve does not make the first span longer.
    """
    if started_at is None:
        return ()
    spans: list[ImpactSpan] = []
    began: datetime | None = started_at
    for moment, over in sorted(changes):
        if over and began is not None:
            spans.append(ImpactSpan(began, moment))
            began = None
        elif not over and began is None:
            began = moment
    if began is not None:
        spans.append(ImpactSpan(began))
    return tuple(spans)


def is_ordered(spans: Sequence[ImpactSpan]) -> bool:
    """False when a span ends before it starts."""
    return all(span.ended_at is None or span.ended_at >= span.started_at for span in spans)


def impact_time(spans: Iterable[ImpactSpan]) -> timedelta | None:
    """How long the spans are together, time that two of them share counted once; None while one goes on."""
    total = timedelta()
    reached: datetime | None = None
    for span in sorted(spans, key=lambda span: span.started_at):
        if span.ended_at is None:
            return None
        start = span.started_at if reached is None else max(span.started_at, reached)
        total += max(timedelta(), span.ended_at - start)
        reached = span.ended_at if reached is None else max(reached, span.ended_at)
    return total


def clipped(spans: Iterable[ImpactSpan], window: Window) -> tuple[ImpactSpan, ...]:
    """The parts of spans that lie in a window; one that goes on is cut off at the window's end."""
    found = []
    for span in spans:
        start = max(span.started_at, window.start)
        end = window.end if span.ended_at is None else min(span.ended_at, window.end)
        if start < end:
            found.append(ImpactSpan(start, end))
    return tuple(found)
