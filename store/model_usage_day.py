"""Adds up usage over all keys, for what is asked by model only."""

from typing import Any

import sqlalchemy as sa

from store.schema import table
from store.sums import count, estimate
from store.tables import UsageDay


def rows(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows of `model_usage_day` from the rows of `usage_day` that `wanted` chooses, which are whole days."""
    c = table(UsageDay).c
    keys = [c[name] for name in ("day", "source", "provider", "service", "model", "service_tier")]
    return (
        sa.select(
            *keys,
            count(c.uncached_input_tokens),
            count(c.cache_read_input_tokens),
            count(c.cache_write_input_tokens),
            count(c.output_tokens),
            count(c.request_count),
            estimate(c.estimated_cost),
            count(c.unpriced_tokens),
        )
        .where(wanted)
        .group_by(*keys)
    )
