"""Adds up a bill over all keys, for what asks of no owner."""

from typing import Any

import sqlalchemy as sa

from store.schema import table
from store.sums import money
from store.tables import Charge


def rows(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows of `bill_day` from the charges that `wanted` chooses, which are whole days of one source."""
    c = table(Charge).c
    day = sa.cast(c.charge_period_start, sa.Date)
    grain = (c.model, c.service_tier, c.token_type, sa.func.lower(c.consumed_unit))
    keys = (day, c.source, c.provider, *grain, c.charge_category, c.billing_currency)
    sums = (money(c.billed_cost), money(c.effective_cost), money(c.consumed_quantity))
    return sa.select(*keys, *sums).where(wanted).group_by(*keys)
