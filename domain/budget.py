"""A budget against what was spent: thresholds, pro rata, run rate. Pure; comparisons are exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.exact import rounded

RUN_RATE_MIN_DAYS = 3
"""Below three whole days one expensive day decides the projection of the month; nothing is said then."""


@dataclass(frozen=True, slots=True)
class BudgetPace:
    """Spend of one scope in the days `[start, end)` against `amount`, all in one currency.

    `actual` is everything billed so far; `complete_cost` is the part on days before `complete_end`, which are
    whole UTC days.
    """

    start: date
    end: date
    complete_end: date
    amount: Decimal
    actual: Decimal
    complete_cost: Decimal

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.end - self.start).days

    @property
    def complete_days(self) -> int:
        """Whole days of the period so far."""
        return max(0, (min(self.complete_end, self.end) - self.start).days)

    def exceeds(self, percent: int) -> bool:
        """True when more than `percent` hundredths of the budget are spent; exactly at the mark is not more."""
        return Fraction(self.actual) * 100 > Fraction(self.amount) * percent

    @property
    def spent_ratio(self) -> Decimal | None:
        """Spent over budget; None without a budget above 0 to divide by."""
        return self.actual / self.amount if self.amount > 0 else None

    @property
    def pro_rated(self) -> Decimal:
        """The part of the budget that an even spread gives to the whole days so far."""
        return self.amount * self.complete_days / self.days

    @property
    def pace_ratio(self) -> Decimal | None:
        """Cost of the whole days over their pro-rated budget, minus 1; None when there is nothing to divide by."""
        return self.complete_cost / self.pro_rated - 1 if self.pro_rated > 0 else None

    def seasonal_pro_rated(self, day_weights: Sequence[float]) -> Decimal:
        """The part of the budget that belongs to the whole days so far, when each day has its weight.

        `day_weights` is the expected shape of all days of the period, as a forecast gives it. Without any weight
        above 0 the spread is even. To 12 decimals. Raises ValueError when it has not one weight per day.
        """
        if len(day_weights) != self.days:
            raise ValueError(f"a period of {self.days} days takes {self.days} weights, not {len(day_weights)}")
        weights = [Fraction(max(0.0, weight)) for weight in day_weights]
        if not any(weights):
            return self.pro_rated
        share = sum(weights[: self.complete_days], Fraction()) / sum(weights)
        return rounded(Fraction(self.amount) * share)

    def seasonal_pace_ratio(self, day_weights: Sequence[float]) -> Decimal | None:
        """Cost of the whole days over `seasonal_pro_rated`, minus 1; None when there is nothing to divide by."""
        return variance_ratio(self.complete_cost, self.seasonal_pro_rated(day_weights))

    @property
    def run_rate(self) -> Decimal | None:
        """The whole period at the average of its whole days; None before the third of them is over."""
        if self.complete_days < RUN_RATE_MIN_DAYS:
            return None
        return self.complete_cost * self.days / self.complete_days

    @property
    def run_rate_exceeds(self) -> bool:
        """True when the period ends over budget at this pace; False while the pace is unknown."""
        if self.complete_days < RUN_RATE_MIN_DAYS:
            return False
        return Fraction(self.complete_cost) * self.days > Fraction(self.amount) * self.complete_days


def variance_ratio(actual: Decimal, budget: Decimal) -> Decimal | None:
    """(actual − budget) / budget: positive is over. None without a budget above 0 to divide by."""
    return (actual - budget) / budget if budget > 0 else None
