"""How sure a KPI is: 95 % intervals of shares, rates and means, to draw and to warn. Pure."""

from fractions import Fraction
from math import exp, lgamma, log, sqrt

from domain.slo.attainment import Z_95, Counts
from domain.slo.attainment import interval as wilson_of

Interval = tuple[float, float]
TAIL = 0.025
MANY = 100
STEPS = 60
"""Halvings of a bracket: a double has no more digits than that."""


def wilson(good: float, total: float) -> Interval | None:
    """Wilson's interval of a share; None when there is nothing to share."""
    if total <= 0:
        return None
    found = wilson_of(Counts(Fraction(good), Fraction(total)))
    return None if found is None else (min(found[0], good / total), max(found[1], good / total))


def poisson(count: float, exposure: float) -> Interval | None:
    """The exact (Garwood 1936) interval of a rate `count / exposure`; None without exposure.

    3 in 120,000 gives 0.0516 to 0.7306 per 10,000; none in 50,000 at most 0.7378.
    """
    if exposure <= 0 or count < 0:
        return None
    quantile = _gamma_quantile if count < MANY else _many_quantile
    low = quantile(count, TAIL) if count > 0 else 0.0
    return low / exposure, quantile(count + 1, 1 - TAIL) / exposure


def mean(value: float, stddev: float | None, count: float) -> Interval | None:
    """The interval of a mean by its standard error; None when the spread of the answers is unknown."""
    if stddev is None or count < 2:
        return None
    half = float(Z_95) * stddev / sqrt(count)
    return value - half, value + half


def nps_standard_error(promoters: float, detractors: float, count: float) -> float | None:
    """In points. 50 promoters and 20 detractors of 100: 7.81 points."""
    if count <= 0:
        return None
    up, down = promoters / count, detractors / count
    return 100 * sqrt(max(0.0, up + down - (up - down) ** 2) / count)


def _many_quantile(shape: float, probability: float) -> float:
    """The same within 1e-4 of it for many counts (Wilson and Hilferty 1931), without a search."""
    z = float(Z_95) if probability > TAIL else -float(Z_95)
    ninth = 1 / (9 * shape)
    return shape * (1 - ninth + z * sqrt(ninth)) ** 3


def _gamma_quantile(shape: float, probability: float) -> float:
    """Where the regularised lower incomplete gamma function reaches a probability, by bisection."""
    low, high = 0.0, shape + 10 * sqrt(shape) + 20
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _lower_gamma(shape, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _lower_gamma(shape: float, x: float) -> float:
    """P(shape, x): its series below shape + 1, Lentz's continued fraction above (Numerical Recipes §6.2)."""
    if x <= 0:
        return 0.0
    scale = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        n = shape
        while abs(term) > abs(total) * 1e-16:
            n += 1
            term *= x / n
            total += term
        return total * scale
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 1000):
        a = -i * (i - shape)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return 1 - scale * h
