"""A month's spend against its budget: flat pro rata, and what the month comes to at the rate so far. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True)
class Pace:
    """Money of whole UTC days only. `budget` None: nobody set one; `run_rate` None: no whole day yet."""

    start: date
    end: date
    complete_end: date
    complete_cost: Decimal
    budget: Decimal | None

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.end - self.start).days

    @property
    def complete_days(self) -> int:
        """Whole days that are billed."""
        return max(0, (min(self.complete_end, self.end) - self.start).days)

    @property
    def pro_rated(self) -> Decimal | None:
        """The part of the budget that the whole days so far may use."""
        return None if self.budget is None else self.budget * self.complete_days / self.days

    @property
    def run_rate(self) -> Decimal | None:
        """The whole period at the average of its whole days so far."""
        return self.complete_cost * self.days / self.complete_days if self.complete_days else None

    @property
    def ahead(self) -> Decimal | None:
        """Spend minus the pro-rated budget; positive: faster than planned."""
        return None if self.pro_rated is None or not self.complete_days else self.complete_cost - self.pro_rated

    @property
    def overrun(self) -> Decimal | None:
        """Run rate minus budget; positive: the budget will not hold."""
        return None if self.run_rate is None or self.budget is None else self.run_rate - self.budget


def run_rates(pace: Pace, days: Sequence[Mapping[str, Any]]) -> list[Decimal]:
    """The run rate as it stood after each whole day. Rows of (day, billed_cost); a day without a row cost nothing."""
    by_day = {row["day"]: row["billed_cost"] for row in days}
    whole = [by_day.get(pace.start + timedelta(days=number), Decimal()) for number in range(pace.complete_days)]
    return [spent * pace.days / number for number, spent in enumerate(accumulate(whole), start=1)]
