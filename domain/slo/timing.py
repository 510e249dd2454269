"""How soon a burn alert tells, and how soon it is quiet again, for an outage of constant strength. Pure."""

from decimal import Decimal
from fractions import Fraction

from domain.slo.pairs import AlertPair


def detection_minutes(pair: AlertPair, budget: Decimal, error_ratio: Fraction) -> Fraction | None:
    """From the first error on after a clean window; None when such an outage never alerts."""
    needed = Fraction(pair.factor * budget)
    return needed * pair.long_minutes / error_ratio if error_ratio > needed else None


def reset_minutes(pair: AlertPair, budget: Decimal, error_ratio: Fraction) -> Fraction | None:
    """From the last error on, when the outage filled the short window; None when it never alerted."""
    needed = Fraction(pair.factor * budget)
    return pair.short_minutes * (1 - needed / error_ratio) if error_ratio > needed else None


def spent_share(burn: Fraction, minutes: int, period_minutes: int) -> Fraction:
    """The part of a period's budget that goes in `minutes` at a burn rate, with even traffic."""
    return burn * minutes / period_minutes
