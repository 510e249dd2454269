"""A month's spend for drawing, with or without a budget; the arithmetic is the one of the budget alerts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

from domain.budget import BudgetPace


@dataclass(frozen=True, slots=True)
class Pace:
    """Money of whole UTC days only. `budget` None: nobody set one; `run_rate` None: too few whole days."""

    start: date
    end: date
    complete_end: date
    complete_cost: Decimal
    budget: Decimal | None

    @property
    def days(self) -> int:
        """Days of the period."""
        return self._pace.days

    @property
    def complete_days(self) -> int:
        """Whole days that are billed."""
        return self._pace.complete_days

    @property
    def pro_rated(self) -> Decimal | None:
        """The part of the budget that the whole days so far may use."""
        return None if self.budget is None else self._pace.pro_rated

    @property
    def run_rate(self) -> Decimal | None:
        """The whole period at the average of its whole days so far; None while they are too few."""
        return self._pace.run_rate

    @property
    def _pace(self) -> BudgetPace:
        """The same arithmetic as the budget alerts; without a budget, what depends on it is not asked for."""
        spent = self.complete_cost
        return BudgetPace(self.start, self.end, self.complete_end, self.budget or Decimal(), spent, spent)

    @property
    def ahead(self) -> Decimal | None:
        """Spend minus the pro-rated budget; positive: faster than planned."""
        return None if self.pro_rated is None or not self.complete_days else self.complete_cost - self.pro_rated

    @property
    def overrun(self) -> Decimal | None:
        """Run rate minus budget; positive: the budget will not hold."""
        return None if self.run_rate is None or self.budget is None else self.run_rate - self.budget


def run_rates(pace: Pace, days: Sequence[Mapping[str, Any]]) -> list[Decimal]:
    """The run rate as it stood after each whole day, from the first that has one. Rows of (day, billed_cost)."""
    by_day = {row["day"]: row["billed_cost"] for row in days}
    ends = [pace.start + timedelta(days=number) for number in range(1, pace.complete_days + 1)]
    spent = accumulate(by_day.get(end - timedelta(days=1), Decimal()) for end in ends)
    paces = [replace(pace, complete_end=end, complete_cost=cost) for end, cost in zip(ends, spent, strict=True)]
    return [rate for rate in (past.run_rate for past in paces) if rate is not None]
