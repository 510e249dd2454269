"""Joins the daily rollups with their owners, so that pages need neither the join nor to know what matches what."""

from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.exact import PLACES
from store import allocated, key_shares
from store.divided import TOKENS, part, usage_once
from store.schema import column_names, table
from store.sums import count, estimate, money, plus
from store.tables import (
    AttributedCostDay,
    AttributedUsageDay,
    Attribution,
    CostDay,
    Feature,
    FxRate,
    KeyShare,
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

    Parts add up to the rollups because the spans of one attribution key never overlap, nor do the shares of one that
    is split. Rows are written in order of day, so that a query about a month reads a month; months one after another,
    since all days of a large company at once do not fit into the memory that the store may take.
    """
    if days is None:
        for row in (AttributedCostDay, AttributedUsageDay, ScopeCostDay, KeyShare):
            connection.execute(sa.delete(table(row)))
        days = _known_days(connection)
    for month in by_month(allocated.affected_days(connection, days)):
        _rebuild(connection, month)


def by_month(days: Iterable[date]) -> list[list[date]]:
    """The days in order, a list per calendar month."""
    return [list(month) for _, month in groupby(sorted(days), key=lambda day: (day.year, day.month))]


def _known_days(connection: Connection) -> set[date]:
    of_both = (sa.select(table(row).c.day).distinct() for row in (CostDay, UsageDay))
    return set(connection.execute(sa.union(*of_both)).scalars())


def _rebuild(connection: Connection, days: list[date]) -> None:
    for row in (AttributedCostDay, AttributedUsageDay, ScopeCostDay):
        target = table(row)
        connection.execute(sa.delete(target).where(target.c.day.in_(days)))
    logs = key_shares.rebuild(connection, days)
    with key_shares.hashing(connection) if logs else nullcontext():
        _insert(connection, AttributedUsageDay, _usage(days, logs))
        _insert(connection, AttributedCostDay, _costs(days, logs))
    if connection.execute(sa.select(sa.literal(1)).select_from(table(FxRate)).limit(1)).first():
        _insert(connection, AttributedCostDay, _converted(days))
    allocated.apply(connection, days)
    _insert(connection, ScopeCostDay, sa.union_all(*(_scopes(scope_type, days) for scope_type in SCOPE_TYPES)))


def _insert(connection: Connection, row: type, rows: sa.Select[Any] | sa.CompoundSelect[Any]) -> None:
    connection.execute(sa.insert(table(row)).from_select(list(column_names(row)), rows))


def _owned(
    facts: sa.FromClause, days: list[date], logs: Collection[str], *columns: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    """The facts of these days beside the owner they have on that day, or the owners who share them."""
    owners, features, shares = table(Attribution), table(Feature), table(KeyShare)
    on_day = (facts.c.day >= owners.c.valid_from) & (facts.c.day < owners.c.valid_to)
    joined = facts.outerjoin(owners, (owners.c.attribution_key == facts.c.attribution_key) & on_day).outerjoin(
        features, features.c.feature == owners.c.feature
    )
    owner = {
        "feature": sa.func.coalesce(owners.c.feature, NOBODY),
        "team": sa.func.coalesce(owners.c.team, features.c.team, NO_TEAM),
        "environment": sa.func.coalesce(owners.c.environment, NOBODY),
        "cost_center": owners.c.cost_center,
    }
    if logs:
        shared_key = sa.case(
            (facts.c.source.not_in(logs), facts.c.attribution_key)
        )  # as a condition it is no hash join
        joined = joined.outerjoin(shares, (shares.c.day == facts.c.day) & (shares.c.attribution_key == shared_key))
        whole = shares.c.day.is_(None)
        owner = {name: sa.case((whole, column), else_=shares.c[name]) for name, column in owner.items()}
    return (
        sa.select(*(column.label(name) for name, column in owner.items()), *columns)
        .select_from(joined)
        .where(facts.c.day.in_(days))
    )


def _usage(days: list[date], logs: Collection[str]) -> sa.Select[Any]:
    facts = usage_once(logs, days) if logs else table(UsageDay)
    u = dict(facts.c)
    if logs:
        counts = (*TOKENS, "request_count", "unpriced_tokens")
        u |= {name: part(u[name], 0).label(name) for name in counts}
        u["estimated_cost"] = part(u["estimated_cost"], 9).label("estimated_cost")
    total = plus(*(u[name] for name in TOKENS))
    owned = _owned(facts, days, logs, *u.values(), total.label("total_tokens")).subquery("owned")
    spent = table(CostDay)
    costs = _owned(spent, days, logs, spent.c.day, spent.c.provider).subquery("costs")
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


def _costs(days: list[date], logs: Collection[str]) -> sa.Select[Any]:
    """Needs the attributed usage of these days."""
    c = table(CostDay).c
    owned = _owned(
        table(CostDay),
        days,
        logs,
        *(c[name] for name in ("day", "provider", "account_id", "project_id", "service", "model", "token_type")),
        table(Attribution).c.api_key_id,
        c.billing_currency.label("currency"),
        c.billing_currency,
        sa.null().label("allocation"),
        *((part(c[name], PLACES) if logs else c[name]).label(name) for name in ("billed_cost", "effective_cost")),
    ).subquery("owned")
    u = table(AttributedUsageDay).c
    used = (
        sa.select(
            *(u[name] for name in _SLICE),
            sa.func.max(u.request_count).label("requests"),
            sa.func.max(u.total_tokens).label("tokens"),
        )
        .where(u.day.in_(days))
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


def _converted(days: list[date]) -> sa.Select[Any]:
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
        .where(costs.c.day.in_(days), rates.c.to_currency != costs.c.currency)
    )


def _scopes(scope_type: str, days: list[date]) -> sa.Select[Any]:
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
    p = parts.where(c.day.in_(days)).subquery("parts").c
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
