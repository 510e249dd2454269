"""The organisation's month so far, with or without a budget."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app import data, period
from app.charts.month import Drawn
from app.data import Horizon
from domain.budget import BudgetPace
from domain.outlook import FAN_POINTS, ORGANIZATION, Outlook, Portfolio, Scope, expected_path, fan
from queries.outlook import Budgets, scope_of
from queries.runner import Result


@dataclass(frozen=True)
class Month:
    """`billed` is None for a month without any cost row: that is unknown, not free."""

    start: date
    end: date
    outlook: Outlook
    has_budget: bool
    billed: Decimal | None
    days: Result
    budgets: Budgets

    @property
    def budget(self) -> Decimal | None:
        """What finance allows; None when nobody set one."""
        return self.outlook.pace.amount if self.has_budget else None

    def drawn(self) -> Drawn:
        """What its chart shows."""
        return drawn_of(
            self.budgets.portfolio,
            ORGANIZATION,
            self.outlook,
            has_budget=self.has_budget,
            seasonal=False,
            fan_points=1,
        )


def drawn_of(
    portfolio: Portfolio,
    scope: Scope,
    outlook: Outlook,
    *,
    has_budget: bool,
    seasonal: bool,
    fan_points: int = FAN_POINTS,
) -> Drawn:
    """One scope's period: its days, its budget pro rata, and where it leads."""
    start, end = outlook.pace.start, outlook.pace.end
    return Drawn(
        start=start,
        end=end,
        days=portfolio.days_of(scope, start, end),
        budget=outlook.pro_rated_path(seasonal=seasonal) if has_budget else (),
        path=expected_path(portfolio, scope, start, end),
        fan=fan(portfolio, scope, start, end, fan_points),
    )


def month_so_far(horizon: Horizon, currency: str) -> Month:
    """Asks for the month of today."""
    start = horizon.today.replace(day=1)
    end = period.bucket_end(start, "month")
    found = data.budgets(horizon, currency, start)
    days = data.ask("cost/by_day", start=start, end=end, currency=currency)
    own = [
        outlook
        for row, outlook in zip(found.rows, found.outlooks, strict=True)
        if scope_of(row) == ORGANIZATION and row["period"] == "month" and row["period_start"] == start
    ]
    billed = sum((row["billed_cost"] for row in days.rows()), Decimal())
    outlook = own[0] if own else _without_budget(found, days, billed, start, end, horizon.complete_end)
    return Month(start, end, outlook, bool(own), billed if days.row_count else None, days, found)


def _without_budget(
    found: Budgets, days: Result, billed: Decimal, start: date, end: date, complete_end: date
) -> Outlook:
    whole = sum((row["billed_cost"] for row in days.rows() if row["day"] < complete_end), Decimal())
    pace = BudgetPace(start, end, complete_end, Decimal(), billed, whole)
    return Outlook(pace, found.portfolio.forecast_of(ORGANIZATION, start, end))
