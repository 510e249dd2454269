"""Prepaid credits and spend commitments: what is left, when it runs out, what would be lost at the end. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

RECENT_DAYS = 28
"""Whole weeks, so that weekdays weigh alike in the pace."""


@dataclass(frozen=True, slots=True)
class Burn:
    """`used` of `amount` since the start, at `recent_cost` in the `RECENT_DAYS` whole days before `day`.

    `end` is the first day after the term. All money is in one currency.
    """

    amount: Decimal
    used: Decimal
    recent_cost: Decimal
    day: date
    end: date

    @property
    def remaining(self) -> Decimal:
        """What is left; below 0 when more was used than there was."""
        return self.amount - self.used

    @property
    def per_day(self) -> Decimal:
        """The recent pace."""
        return self.recent_cost / RECENT_DAYS

    @property
    def runs_out_on(self) -> date | None:
        """The day on which nothing is left at this pace; None when that is not before the end, or nothing is used."""
        if self.remaining <= 0:
            return self.day
        if self.per_day <= 0:
            return None
        days = int((self.remaining / self.per_day).to_integral_value(ROUND_FLOOR))
        if days >= (self.end - self.day).days:
            return None
        return self.day + timedelta(days=days)

    @property
    def unused_at_end(self) -> Decimal:
        """What the term ends with at this pace: credits that expire, or a commitment still to be paid."""
        days = max(0, (self.end - self.day).days)
        return max(Decimal(0), self.remaining - max(Decimal(0), self.per_day) * days)
