"""Two periods of UTC days that are compared, and how often each day of the one before counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import gcd

from domain.comparison import WEEKS


@dataclass(frozen=True, slots=True)
class Compared:
    """`[before_start, before_end)` and `[after_start, after_end)`; they may overlap and differ in length.

    A day before counts `times` / `divisor` times; the first `extra_days` of each seven days from `before_start` count
    (`times` + 1) / `divisor` times. Raises ValueError for an empty period.
    """

    before_start: date
    before_end: date
    after_start: date
    after_end: date
    times: int = 1
    extra_days: int = 0
    divisor: int = 1

    def __post_init__(self) -> None:
        for name, start, end in (
            ("before", self.before_start, self.before_end),
            ("after", self.after_start, self.after_end),
        ):
            if end <= start:
                raise ValueError(f"the period {name} ends after it starts: {start} to {end}")

    @property
    def after_days(self) -> int:
        """Days of the later period."""
        return (self.after_end - self.after_start).days

    @property
    def before_days(self) -> int:
        """Days of the earlier period, each as often as it counts."""
        return int(sum(self.weights().values()))

    def weights(self) -> dict[date, Fraction]:
        """Each day before and how often it counts."""
        days = range((self.before_end - self.before_start).days)
        weights = {n: Fraction(self.times + (n % 7 < self.extra_days), self.divisor) for n in days}
        return {self.before_start + timedelta(days=n): weight for n, weight in weights.items() if weight}


def with_same_weekdays(start: date, end: date, known_from: date | None = None) -> Compared:
    """`[start, end)` beside the same weekdays of the four weeks before it, scaled, as `comparison_weights` has them.

    Of a history that begins at `known_from` only whole weeks count. Raises ValueError for an empty period or when no
    whole week before it is known.
    """
    weeks = WEEKS if known_from is None else min(WEEKS, (start - known_from).days // 7)
    if weeks < 1:
        raise ValueError(f"nothing to compare with: no whole week before {start} is known; choose a later period")
    times, extra_days = divmod((end - start).days, 7)
    divisor = weeks
    if not extra_days and times:
        shared = gcd(times, weeks)
        times, divisor = times // shared, weeks // shared
    return Compared(start - timedelta(weeks=weeks), start, start, end, times, extra_days, divisor)
