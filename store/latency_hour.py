"""Counts answered requests by how long they took, in buckets: counts add up over hours, percentiles do not."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from store import request_fate
from store.request_hour import hour_of
from store.schema import table
from store.tables import InferenceRequest

MEASURES = {"duration": "duration_seconds", "time_to_first_token": "time_to_first_token_seconds"}
"""Name of a measure → column of `inference_request`."""

Column = sa.ColumnElement[Any]

_INFINITY = sa.cast(sa.literal("inf"), sa.Float(53))


def rows(wanted: sa.ColumnElement[bool], source: str, measure: str, edges: Sequence[Decimal]) -> sa.Select[Any]:
    """Rows of `latency_hour` of one measure from the requests of `source` that `wanted` chooses, which are whole hours.

    The source is no key to group by: another text to hash takes a fifth of the time.
    """
    r = table(InferenceRequest).c
    seconds = r[MEASURES[measure]]
    bounds = [float(edge) for edge in edges]
    keys = (hour_of(r.started_at), r.service, r.provider, r.model)
    counted = (
        sa.select(*keys, _place(seconds, bounds, 0, len(edges)).label("place"), sa.func.count().label("request_count"))
        .where(wanted, request_fate.is_answered(), seconds.is_not(None))
        .group_by(*keys, sa.text("place"))
        .subquery("counted")
    )
    hour, service, provider, model, place, requests = counted.c
    le_seconds = sa.case(dict(enumerate(bounds)), value=place, else_=_INFINITY)
    told = (sa.literal(source), service, provider, model, sa.literal(measure))
    return sa.select(hour, *told, le_seconds, requests)


def _place(seconds: Column, bounds: Sequence[float], low: int, high: int) -> Column:
    """The number of the first bound that is not exceeded, found by halving: six comparisons for sixty bounds."""
    if low == high:
        return sa.literal_column(str(low))
    middle = (low + high) // 2
    return sa.case(
        (seconds <= bounds[middle], _place(seconds, bounds, low, middle)),
        else_=_place(seconds, bounds, middle + 1, high),
    )
