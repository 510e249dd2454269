"""Asks for budgets and the daily costs of their scopes, and answers with where each will land."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.budget import BudgetPace
from domain.outlook import Outlook, Portfolio, Scope, outlooks
from queries.runner import Result

STATUS, DAYS = "cost/budget_status", "cost/budget_days"
HISTORY_DAYS = 280
"""What a range is made from (twelve cut-offs, a month ahead of each, eight weeks behind) at any day of 3 months."""
TESTED_DAYS = 600
"""The same for twelve months."""

Ask: TypeAlias = Callable[..., Result]
Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Budgets:
    """Budgets of one currency in `rows` of `status`, each with its outlook; `days` are the costs behind them."""

    status: Result
    days: Result
    portfolio: Portfolio
    rows: Sequence[Row]
    outlooks: list[Outlook]


def budgets(ask: Ask, currency: str, *, today: date, complete_end: date, billing_since: date, since: date) -> Budgets:
    """The budgets whose period has begun by `today` and ended after `since`. Costs before `complete_end` are whole."""
    status = ask(STATUS, day=today, ended_after=since, billing_since=billing_since, currencies=(currency,))
    history = min(HISTORY_DAYS + (complete_end - since).days, TESTED_DAYS)
    days = ask_days(ask, currency, today=today, complete_end=complete_end, since=since, history=history)
    portfolio = portfolio_of(days.table, complete_end)
    rows = status.rows()
    return Budgets(status, days, portfolio, rows, outlooks(portfolio, [(scope_of(row), pace_of(row)) for row in rows]))


def ask_days(ask: Ask, currency: str, *, today: date, complete_end: date, since: date, history: int) -> Result:
    """The whole days of what has a budget, `history` of them."""
    start = complete_end - timedelta(days=history)
    return ask(DAYS, day=today, ended_after=since, start=start, end=complete_end, currency=currency)


def scope_of(row: Row) -> Scope:
    """What a row of cost/budget_status pays for."""
    return row["scope_type"], row["scope"]


def pace_of(row: Row) -> BudgetPace:
    """The budget and what is spent of it, from a row of cost/budget_status."""
    return BudgetPace(
        start=row["period_start"],
        end=row["period_end"],
        complete_end=row["complete_end"],
        amount=row["budget_amount"],
        actual=row["billed_cost"],
        complete_cost=row["complete_cost"],
    )


def portfolio_of(table: pa.Table, complete_end: date) -> Portfolio:
    """Rows of cost/budget_days as one series per scope, from the first day of any of them to the last whole day."""
    if not table.num_rows:
        return Portfolio((), complete_end, np.empty((0, 0)))
    columns = (table.column(name).to_pylist() for name in ("scope_type", "scope"))
    names: list[Scope] = list(zip(*columns, strict=True))
    scopes = list(dict.fromkeys(names))
    places = {scope: place for place, scope in enumerate(scopes)}
    first_day = pc.min(table.column("day")).as_py()
    values = np.zeros((len(scopes), (complete_end - first_day).days))
    numbers = table.column("day").cast(pa.int32()).to_numpy() - (first_day - date(1970, 1, 1)).days
    values[[places[name] for name in names], numbers] = table.column("billed_cost").cast(pa.float64()).to_numpy()
    return Portfolio(tuple(scopes), first_day, values)
