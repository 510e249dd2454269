"""Joins the daily rollups with their owners, so that pages need neither the join nor to know what matches what."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import allocated
from store.schema import column_names, table
from store.sums import count, estimate, money, plus
from store.tables import (
    AttributedCostDay,
    AttributedUsageDay,
    Attribution,
    CostDay,
    Feature,
    FxRate,
    ScopeCostDay,
    UsageDay,
)

NOBODY = "unattributed"
"""The feature and environment of what no rule matches."""
NO_TEAM = "Unattributed"

SCOPE_TYPES = ("organization", "provider", "team", "feature", "model", "environment")
NO_MODEL = "no model"

_COST_KEYS = column_names(AttributedCostDay).index("billed_cost")
_USAGE_KEYS = column_names(AttributedUsageDay).index("uncached_input_tokens")
"""How many columns, from the first, are the grain."""

_SLICE = ("day", "provider", "feature", "environment")
"""What costs and usage must share before one is divided by the other."""


def rebuild(connection: Connection, days: Iterable[date] | None = None) -> None:
    """Attributes the costs and usage of these days again; of all days when none are given.

    Parts add up to the rollups because the spans of one attribution key never overlap. Rows are written in order of
    day, so that a query about a month reads a month.
    """
    wanted = None if days is None else allocated.affected_days(connection, days)
    if wanted == []:
        return
    for row in (AttributedCostDay, AttributedUsageDay, ScopeCostDay):
        target = table(row)
        connection.execute(sa.delete(target).where(_among(target.c.day, wanted)))
    _insert(connection, AttributedUsageDay, _usage(wanted))
    _insert(connection, AttributedCostDay, _costs(wanted))
    if connection.execute(sa.select(sa.literal(1)).select_from(table(FxRate)).limit(1)).first():
        _insert(connection, AttributedCostDay, _converted(wanted))
    allocated.apply(connection, wanted)
    _insert(connection, ScopeCostDay, sa.union_all(*(_scopes(scope_type, wanted) for scope_type in SCOPE_TYPES)))


def _insert(connection: Connection, row: type, rows: sa.Select[Any] | sa.CompoundSelect[Any]) -> None:
    connection.execute(sa.insert(table(row)).from_select(list(column_names(row)), rows))


def _among(day: sa.ColumnElement[Any], days: list[date] | None) -> sa.ColumnElement[bool]:
    return sa.true() if days is None else day.in_(days)


def _owned(row: type, days: list[date] | None, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The rollup's rows of these days beside the owner they have on that day."""
    facts, owners, features = table(row), table(Attribution), table(Feature)
    on_day = (facts.c.day >= owners.c.valid_from) & (facts.c.day < owners.c.valid_to)
    return (
        sa.select(
            sa.func.coalesce(owners.c.feature, NOBODY).label("feature"),
            sa.func.coalesce(owners.c.team, features.c.team, NO_TEAM).label("team"),
            sa.func.coalesce(owners.c.environment, NOBODY).label("environment"),
            owners.c.cost_center,
            *columns,
        )
        .select_from(
            facts.outerjoin(owners, (owners.c.attribution_key == facts.c.attribution_key) & on_day).outerjoin(
                features, features.c.feature == owners.c.feature
            )
        )
        .where(_among(facts.c.day, days))
    )


def _usage(days: list[date] | None) -> sa.Select[Any]:
    u = table(UsageDay).c
    total = plus(u.uncached_input_tokens, u.cache_read_input_tokens, u.cache_write_input_tokens, u.output_tokens)
    owned = _owned(UsageDay, days, *u, total.label("total_tokens")).subquery("owned")
    costs = _owned(CostDay, days, table(CostDay).c.day, table(CostDay).c.provider).subquery("costs")
    costed = sa.select(*(costs.c[name] for name in _SLICE)).distinct().subquery("costed")
    o = owned.c
    has_costs = costed.c.day.is_not(None)
    keys = [o[name] for name in column_names(AttributedUsageDay)[:_USAGE_KEYS]]
    return (
        sa.select(
            *keys,
            count(o.uncached_input_tokens),
            count(o.cache_read_input_tokens),
            count(o.cache_write_input_tokens),
            count(o.output_tokens),
            count(o.total_tokens),
            count(o.request_count),
            count(sa.case((has_costs, o.total_tokens))),
            count(sa.case((has_costs, o.request_count))),
            estimate(o.estimated_cost),
            count(o.unpriced_tokens),
        )
        .select_from(owned.outerjoin(costed, _same_slice(o, costed.c)))
        .group_by(*keys)
        .order_by(o.day)
    )


def _costs(days: list[date] | None) -> sa.Select[Any]:
    """Needs the attributed usage of these days."""
    c = table(CostDay).c
    owned = _owned(
        CostDay,
        days,
        *(c[name] for name in ("day", "provider", "account_id", "project_id", "service", "model", "token_type")),
        table(Attribution).c.api_key_id,
        c.billing_currency.label("currency"),
        c.billing_currency,
        sa.null().label("allocation"),
        c.billed_cost,
        c.effective_cost,
    ).subquery("owned")
    u = table(AttributedUsageDay).c
    used = (
        sa.select(
            *(u[name] for name in _SLICE),
            sa.func.max(u.request_count).label("requests"),
            sa.func.max(u.total_tokens).label("tokens"),
        )
        .where(_among(u.day, days))
        .group_by(*(u[name] for name in _SLICE))
        .subquery("used")
    )
    o = owned.c
    keys = [o[name] for name in column_names(AttributedCostDay)[:_COST_KEYS]]
    return (
        sa.select(
            *keys,
            money(o.billed_cost),
            money(o.effective_cost),
            money(sa.case((used.c.requests.is_not(None), o.billed_cost))),
            money(sa.case((used.c.tokens.is_not(None), o.billed_cost))),
        )
        .select_from(owned.outerjoin(used, _same_slice(o, used.c)))
        .group_by(*keys)
        .order_by(o.day)
    )


def _converted(days: list[date] | None) -> sa.Select[Any]:
    """The direct costs of these days once more in the organisation's currency, where a rate is known."""
    costs, rates = table(AttributedCostDay), table(FxRate)
    on_day = (costs.c.day >= rates.c.valid_from) & (costs.c.day < rates.c.valid_to)
    grain = [
        rates.c.to_currency if name == "currency" else costs.c[name]
        for name in column_names(AttributedCostDay)[:_COST_KEYS]
    ]
    amounts = [
        sa.cast(costs.c[name] * rates.c.rate, sa.Numeric(38, 12))
        for name in column_names(AttributedCostDay)[_COST_KEYS:]
    ]
    return (
        sa.select(*grain, *amounts)
        .select_from(costs.join(rates, (rates.c.currency == costs.c.currency) & on_day))
        .where(_among(costs.c.day, days), rates.c.to_currency != costs.c.currency)
    )


def _scopes(scope_type: str, days: list[date] | None) -> sa.Select[Any]:
    """The costs of these days by one kind of scope, allocated costs included."""
    c = table(AttributedCostDay).c
    match scope_type:
        case "organization":
            scope: sa.ColumnElement[Any] = sa.literal("", sa.Text)
        case "model":
            scope = sa.func.coalesce(c.model, NO_MODEL)
        case _:
            scope = c[scope_type]
    parts = sa.select(c.day, c.currency, scope.label("scope"), c.billed_cost, c.effective_cost)
    p = parts.where(_among(c.day, days)).subquery("parts").c
    return sa.select(
        p.day,
        p.currency,
        sa.literal(scope_type, sa.Text),
        p.scope,
        money(p.billed_cost),
        money(p.effective_cost),
    ).group_by(p.day, p.currency, p.scope)


def _same_slice(left: Any, right: Any) -> sa.ColumnElement[bool]:
    return sa.and_(*(left[name] == right[name] for name in _SLICE))
