"""Counts requests by day, and which of them were failures or retries."""

from typing import Any

import sqlalchemy as sa

from store.schema import table
from store.sums import count, plus
from store.tables import InferenceRequest

FIRST_ERROR_STATUS = 400


def rows(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows of `request_day` from the requests that `wanted` chooses, which are whole days of one source."""
    r = table(InferenceRequest).c
    day = sa.cast(r.started_at, sa.Date)
    first_at = sa.func.min(r.started_at).over(partition_by=(r.interaction_id, day))
    failed = r.error_type.is_not(None) | (r.status_code >= FIRST_ERROR_STATUS)
    named = r.interaction_id.is_not(None)
    logged = (
        sa.select(
            day.label("day"),
            *(r[name] for name in ("source", "provider", "attribution_key", "customer_tier")),
            sa.case((failed, 1), else_=0).label("is_failed"),
            sa.case((named & (r.started_at > first_at), 1), else_=0).label("is_retried"),
            plus(r.input_tokens, r.output_tokens).label("tokens"),
        )
        .where(wanted)
        .subquery("logged")
    )
    q = logged.c
    is_lost = sa.case((q.is_failed + q.is_retried > 0, 1), else_=0)
    keys = (q.day, q.source, q.provider, q.attribution_key, q.customer_tier)
    return sa.select(
        *keys,
        sa.func.count(),
        count(q.is_failed),
        count(q.is_retried),
        count(is_lost),
        count(q.tokens),
        count(sa.case((q.is_failed == 1, q.tokens))),
        count(sa.case((q.is_retried == 1, q.tokens))),
        count(sa.case((is_lost == 1, q.tokens))),
    ).group_by(*keys)
