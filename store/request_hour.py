"""Counts requests by hour and by what became of them."""

from typing import Any

import sqlalchemy as sa

from store import request_fate
from store.schema import table
from store.sums import count
from store.tables import InferenceRequest


def hour_of(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The UTC hour that holds a moment."""
    return sa.func.date_trunc(sa.literal_column("'hour'"), moment)


def rows(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows of `request_hour` from the requests that `wanted` chooses, which are whole hours of one source."""
    r = table(InferenceRequest).c
    keys = (hour_of(r.started_at), r.source, r.service, r.provider, r.model, r.attribution_key)
    fates = (request_fate.is_throttled(), request_fate.is_rejected(), request_fate.is_failed())
    counts = (count(sa.case((fate, 1), else_=0)) for fate in fates)
    return sa.select(*keys, sa.func.count(), *counts).where(wanted).group_by(*keys)
