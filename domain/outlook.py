"""Where budgets stand and where they will land: the forecast of all their scopes together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

import numpy as np

from domain.budget import BudgetPace, variance_ratio
from domain.forecast.backtest import recent_coverage, widening
from domain.forecast.month import MonthForecast, MonthForecasts, forecast_month
from domain.forecast.series import Values

Scope: TypeAlias = tuple[str, str]
"""Kind and name of what is paid for; ("organization", "") is everything."""
ORGANIZATION: Scope = ("organization", "")

Verdict: TypeAlias = Literal["exceeded", "will not hold", "at risk", "on track", "held", "unknown"]
GRAVEST_FIRST: tuple[Verdict, ...] = ("exceeded", "will not hold", "at risk", "unknown", "on track", "held")

FAN_POINTS = 5
"""A range that widens day by day is nearly straight between so few points, and each is a forecast of its own."""


@dataclass(frozen=True)
class Portfolio:
    """Daily costs of scopes that are forecast together, in one currency.

    `values` is scopes × days from `first_day` on, whole days only; a day without a bill costs 0.
    """

    scopes: Sequence[Scope]
    first_day: date
    values: Values
    _forecasts: dict[tuple[date, date], MonthForecasts | None] = field(default_factory=dict, repr=False)

    @property
    def end(self) -> date:
        """The first day that is not known."""
        return self.first_day + timedelta(days=self.values.shape[1])

    @cached_property
    def widen(self) -> float:
        """What to stretch intervals by, so that they keep what they promise."""
        whole = self.before(self.end.replace(day=1))
        return _widening(whole.tobytes(), whole.shape, self.first_day)

    def before(self, end: date) -> Values:
        """The days before `end`."""
        return self.values[:, : max(0, (end - self.first_day).days)]

    def place(self, scope: Scope) -> int | None:
        """The row of a scope; None when it never cost anything."""
        return self.scopes.index(scope) if scope in self.scopes else None

    def days_of(self, scope: Scope, start: date, end: date) -> list[float]:
        """The known days of `[start, end)`, each 0 for a scope that never cost anything."""
        place, known = self.place(scope), max(0, (min(self.end, end) - start).days)
        if place is None:
            return [0.0] * known
        days = [float(cost) for cost in self.before(end)[place, max(0, (start - self.first_day).days) :]]
        return [0.0] * (known - len(days)) + days

    def forecast(self, start: date, end: date) -> MonthForecasts | None:
        """All scopes over `[start, end)`, seen from the last whole day of it; None without any known day."""
        if (start, end) not in self._forecasts:
            known = self.before(end)
            made = forecast_month(known, self.first_day, start, end, self.widen) if known.size else None
            self._forecasts[start, end] = made
        return self._forecasts[start, end]

    def forecast_of(self, scope: Scope, start: date, end: date) -> MonthForecast | None:
        """One scope of the same; None where nothing is known of it."""
        place, found = self.place(scope), self.forecast(start, end)
        return None if place is None or found is None else found[place]


@lru_cache(maxsize=16)
def _widening(values: bytes, shape: tuple[int, int], first_day: date) -> float:
    """Kept by content: whole months hardly ever change, and three of them are a dozen forecasts."""
    return widening(recent_coverage(np.frombuffer(values).reshape(shape), first_day))


@dataclass(frozen=True, slots=True)
class Outlook:
    """One budget: what is spent, and the forecast of its period.

    `forecast` is None where nothing is known of the scope; `chance_over` also where the history is too short for it.
    """

    pace: BudgetPace
    forecast: MonthForecast | None = None
    chance_over: float | None = None

    @property
    def is_settled(self) -> bool:
        """True when every day of the period is billed."""
        return self.pace.complete_end >= self.pace.end

    @property
    def verdict(self) -> Verdict:
        """The 80 % range reaching over the budget is a risk; the forecast itself over it will not hold."""
        if self.pace.exceeds(100):
            return "exceeded"
        if self.is_settled:
            return "held"
        if self.forecast is None or self.forecast.total is None:
            return "unknown"
        if self.forecast.total > self.pace.amount:
            return "will not hold"
        over = self.forecast.high_80 is not None and self.forecast.high_80 > self.pace.amount
        return "at risk" if over else "on track"

    @property
    def overrun_ratio(self) -> Decimal | None:
        """The forecast (the cost, once that is more) over the budget, minus 1; None when either is unknown."""
        if self.forecast is None or self.forecast.total is None:
            return None
        return variance_ratio(max(Decimal(self.forecast.total), self.pace.actual), self.pace.amount)

    def pro_rated(self, *, seasonal: bool) -> Decimal:
        """The part of the budget that belongs to the whole days so far; flat where no season is known."""
        if seasonal and self.forecast is not None:
            return self.pace.seasonal_pro_rated(self.forecast.day_weights)
        return self.pace.pro_rated

    def pro_rated_path(self, *, seasonal: bool) -> list[Decimal]:
        """The budget at the end of each day of the period; the last is all of it."""
        ends = [self.pace.start + timedelta(days=number) for number in range(1, self.pace.days + 1)]
        parts = [replace(self, pace=replace(self.pace, complete_end=end)) for end in ends]
        return [part.pro_rated(seasonal=seasonal) for part in parts]

    def variance(self, *, seasonal: bool) -> Decimal | None:
        """Cost of the whole days over their pro-rated budget, minus 1."""
        return variance_ratio(self.pace.complete_cost, self.pro_rated(seasonal=seasonal))


def outlooks(portfolio: Portfolio, budgets: Sequence[tuple[Scope, BudgetPace]]) -> list[Outlook]:
    """Each budget with its forecast, in the order given; periods that are alike are forecast once."""
    forecasts = {
        period: portfolio.forecast(*period) for period in dict.fromkeys((pace.start, pace.end) for _, pace in budgets)
    }
    return [_outlook(portfolio.place(scope), pace, forecasts[pace.start, pace.end]) for scope, pace in budgets]


def _outlook(place: int | None, pace: BudgetPace, forecasts: MonthForecasts | None) -> Outlook:
    if place is None or forecasts is None:
        return Outlook(pace)
    chance = forecasts.probability_over(np.full(len(forecasts.ahead), float(pace.amount)))[place]
    return Outlook(pace, forecasts[place], None if np.isnan(chance) else float(chance))


def expected_path(portfolio: Portfolio, scope: Scope, start: date, end: date) -> list[tuple[date, float]]:
    """The cost from the start to the end of each day that is not known yet; empty when nothing is to come."""
    place, forecasts = portfolio.place(scope), portfolio.forecast(start, end)
    if place is None or forecasts is None or np.isnan(forecasts.total[place]):
        return []
    known = max(0, (portfolio.end - start).days)
    sums = np.cumsum(forecasts.days[place]).tolist()
    return [(start + timedelta(days=number), sums[number]) for number in range(known, len(sums))]


@dataclass(frozen=True, slots=True)
class FanPoint:
    """The cost from the start of the period to the end of `day`, and how sure that is."""

    day: date
    expected: float
    low_80: float | None
    high_80: float | None
    low_95: float | None
    high_95: float | None


def fan(portfolio: Portfolio, scope: Scope, start: date, end: date, points: int = FAN_POINTS) -> list[FanPoint]:
    """The way from the last whole day to the end of the period; empty when it is over or nothing is known.

    With one point it is the end only, whose forecast is there already.
    """
    days_left = (end - max(portfolio.end, start)).days
    if days_left <= 0:
        return []
    first = 1 if points > 1 else days_left
    steps = sorted({round(n) for n in np.linspace(first, days_left, min(points, days_left))})
    ends = [end - timedelta(days=days_left - step) for step in steps]
    found = [(until, portfolio.forecast_of(scope, start, until)) for until in ends]
    return [
        FanPoint(until - timedelta(days=1), f.total, f.low_80, f.high_80, f.low_95, f.high_95)
        for until, f in found
        if f is not None and f.total is not None
    ]
