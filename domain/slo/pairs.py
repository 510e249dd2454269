"""Pairs of a long and a short window, and the burn rate at which they alert. Pure.

The factors of 30 days are those of the SRE Workbook, chapter 5 (3 over a day stands in its code listing only). The long
window says that enough of the budget went, the short one that it is still going. There is no waiting time (`for`): a
pair that must hold for a while forgets an outage that pauses.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.slo.shorthand import minutes_text

MONTH_MINUTES = 30 * 1440
SHORT_PART = 12
"""A short window is a twelfth of its long one: 5 minutes of an hour (SRE Workbook, chapter 5)."""
SHARE_STEP = Fraction(5, 100)
"""A lengthened window takes the next share of the budget that is a multiple of this."""
LENGTHENED = Fraction(4, 3)
"""3 days become 4: long enough that a factor barely above 1 is no noise, short enough to leave time to act."""
FACTOR_PLACES = 4
"""Decimals of a factor that has no end, rounded up; every usual period has fewer."""

SHARES = (("page", 60, 2), ("page", 360, 5), ("ticket", 1440, 10), ("ticket", 4320, 10))
"""Severity, long window in minutes, percent of the period's budget that is spent when it alerts."""


@dataclass(frozen=True, slots=True)
class AlertPair:
    """Alerts while the burn rate over both windows is above `factor`, strictly. Severity: page, ticket or info."""

    severity: str
    factor: Decimal
    long_minutes: int
    short_minutes: int

    @property
    def long_text(self) -> str:
        """The long window as 1h or 3d."""
        return minutes_text(self.long_minutes)

    @property
    def short_text(self) -> str:
        """The short window as 5m or 6h."""
        return minutes_text(self.short_minutes)

    def __str__(self) -> str:
        return f"{self.severity} {self.factor.normalize():f} ({self.long_text}, {self.short_text})"


def default_pairs(period_minutes: int) -> tuple[AlertPair, ...]:
    """The pairs of a period of any length, quickest first; none where even the first window is longer.

    Each keeps its share of the budget (2, 5, 10, 10 %), so its factor is share × period / long window. A factor of 1
    or below would alert inside the budget: such a pair gets a window longer by a third and the next share in steps of
    5 % that brings the factor above 1; when that window is longer than the period there is no such pair. Thirty days
    keep the Workbook's own fourth factor of 1, which alerts above 1 only.
    """
    pairs = []
    for severity, long, percent in SHARES:
        factor = Fraction(percent, 100) * period_minutes / long
        if factor < 1 or (factor == 1 and period_minutes != MONTH_MINUTES):
            long = int(long * LENGTHENED)
            share = (Fraction(long, period_minutes) // SHARE_STEP + 1) * SHARE_STEP
            factor = share * period_minutes / long
            if share > 1:
                continue
        pairs.append(AlertPair(severity, _decimal(factor), long, short_of(long)))
    return tuple(pairs)


def short_of(long_minutes: int) -> int:
    """The short window beside a long one, in whole minutes."""
    return max(1, -(-long_minutes // SHORT_PART))


def can_fire(pair: AlertPair, budget: Decimal) -> bool:
    """False when even a total outage burns no faster: the burn rate is 1 / budget at most, and must exceed."""
    return pair.factor * budget < 1


def _decimal(factor: Fraction) -> Decimal:
    return Decimal(-(-factor.numerator * 10**FACTOR_PLACES // factor.denominator)).scaleb(-FACTOR_PLACES).normalize()
