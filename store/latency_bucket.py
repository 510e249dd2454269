"""Counts answered requests by how long they took, in buckets: counts add up over time, percentiles do not."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.slo.buckets import ladder
from store import request_fate
from store.request_hour import hour_of
from store.schema import table
from store.tables import InferenceRequest

MEASURES = {"duration": "duration_seconds", "time_to_first_token": "time_to_first_token_seconds"}
"""Name of a measure → column of `inference_request`."""

Column = sa.ColumnElement[Any]

_INFINITY = sa.cast(sa.literal("inf"), sa.Float(53))


def by_hour(wanted: sa.ColumnElement[bool], source: str, measure: str, edges: Sequence[Decimal]) -> sa.Select[Any]:
    """Rows of `latency_hour` of one measure from the requests of `source` that `wanted` chooses, which are whole
    hours."""
    r = table(InferenceRequest).c
    hour, *served, le_seconds, requests = _counted(
        wanted, measure, edges, (hour_of(r.started_at), r.service, r.provider, r.model)
    )
    return sa.select(hour, sa.literal(source), *served, sa.literal(measure), le_seconds, requests)


def by_day(wanted: sa.ColumnElement[bool], source: str, measure: str) -> sa.Select[Any]:
    """Rows of `latency_day` of one measure from the requests of `source` that `wanted` chooses, which are whole
    days."""
    r = table(InferenceRequest).c
    day, *owned, le_seconds, requests = _counted(
        wanted, measure, ladder(), (sa.cast(r.started_at, sa.Date), r.provider, r.attribution_key)
    )
    return sa.select(day, sa.literal(source), *owned, sa.literal(measure), le_seconds, requests)


def _counted(
    wanted: sa.ColumnElement[bool], measure: str, edges: Sequence[Decimal], keys: Sequence[Column]
) -> list[Column]:
    """The keys, the upper edge of a bucket, and how many requests are in it.

    The source is no key to group by: another text to hash takes a fifth of the time.
    """
    seconds = table(InferenceRequest).c[MEASURES[measure]]
    bounds = [float(edge) for edge in edges]
    counted = (
        sa.select(*keys, _place(seconds, bounds, 0, len(edges)).label("place"), sa.func.count().label("request_count"))
        .where(wanted, request_fate.is_answered(), seconds.is_not(None))
        .group_by(*keys, sa.text("place"))
        .subquery("counted")
    )
    *found, place, requests = counted.c
    return [*found, sa.case(dict(enumerate(bounds)), value=place, else_=_INFINITY), requests]


def _place(seconds: Column, bounds: Sequence[float], low: int, high: int) -> Column:
    """The number of the first bound that is not exceeded, found by halving: six comparisons for sixty bounds."""
    if low == high:
        return sa.literal_column(str(low))
    middle = (low + high) // 2
    return sa.case(
        (seconds <= bounds[middle], _place(seconds, bounds, low, middle)),
        else_=_place(seconds, bounds, middle + 1, high),
    )
