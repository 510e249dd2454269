"""What a window attained, how sure that is, and what is left of its budget. Exact; floats only to draw. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import sqrt

Z_95 = Fraction("1.959963984540054")
"""The 97.5 % point of the normal distribution: a two-sided interval of 95 %."""


class State(StrEnum):
    """What may be said of a promise. NOT_ENOUGH: so few events that chance alone explains either verdict."""

    MET = "met"
    MISSED = "missed"
    NOT_ENOUGH = "not enough data"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Counts:
    """Good and all of them, events or slices; fractions where a source extrapolates."""

    good: Fraction
    total: Fraction

    @property
    def bad(self) -> Fraction:
        """What was not good."""
        return self.total - self.good

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.good + other.good, self.total + other.total)


NOTHING = Counts(Fraction(0), Fraction(0))


def attained(counts: Counts) -> Fraction | None:
    """The ratio of good; None, neither 0 nor 1, when there was nothing."""
    return counts.good / counts.total if counts.total else None


def burn_rate(counts: Counts, budget: Decimal) -> Fraction | None:
    """How many times as fast as allowed the budget goes; None when there was nothing."""
    return counts.bad / counts.total / Fraction(budget) if counts.total else None


def remaining(counts: Counts, budget: Decimal) -> Fraction | None:
    """The part of the budget that is left of a whole period; negative when more is spent than there was."""
    burn = burn_rate(counts, budget)
    return None if burn is None else 1 - burn


def interval(counts: Counts) -> tuple[float, float] | None:
    """Wilson's 95 % interval of the ratio of good, to draw; None when there was nothing.

    For a mean of slice ratios it is wider than need be: no value in [0, 1] varies more than a yes or no.
    """
    ratio = attained(counts)
    if ratio is None:
        return None
    p, n, z = float(ratio), float(counts.total), float(Z_95)
    middle = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def state(counts: Counts, target: Decimal) -> State:
    """Met or missed when Wilson's interval lies on one side of the target, decided without rounding.

    The interval holds every p with (ratio − p)² n ≤ z² p (1 − p); so the target is put in the place of p.
    """
    ratio, goal = attained(counts), Fraction(target)
    if ratio is None:
        return State.NO_DATA
    if (ratio - goal) ** 2 * counts.total <= Z_95**2 * goal * (1 - goal):
        return State.NOT_ENOUGH
    return State.MET if ratio > goal else State.MISSED
