"""Daily cost series with the habits of AI features: weekdays, growth, launches, batches, and drifting noise."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

FIRST_DAY = date(2024, 9, 1)
WEEKDAYS = np.array(
    [
        [1.1, 1.15, 1.15, 1.1, 1.0, 0.8, 0.7],
        [1.35, 1.4, 1.4, 1.35, 1.2, 0.2, 0.1],
        [1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0],
        [0.9, 0.9, 0.9, 0.95, 1.1, 1.15, 1.1],
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    ]
)
KINDS = ("steady", "growing", "launched", "stepped", "batched", "shrinking")


def series_of(kind: str, rng: np.random.Generator, days: int) -> NDArray[np.float64]:
    """One series of `days` from FIRST_DAY on."""
    time = np.arange(days)
    weekday = WEEKDAYS[rng.integers(len(WEEKDAYS))][(time + FIRST_DAY.weekday()) % 7]
    level = np.exp(rng.normal(4, 1.5)) * np.exp(_drift(rng, days) + _trend(kind, rng) * time / 30)
    sigma = rng.choice([0.05, 0.1, 0.2])
    noise = np.exp(sigma * rng.standard_t(4, days) / np.sqrt(2))
    cost: NDArray[np.float64] = level * weekday * noise
    if kind == "launched":
        start = rng.integers(days // 3, days - 100)
        cost *= np.clip((time - start) / rng.integers(1, 40), 0, 1)
    if kind == "stepped":
        for _ in range(rng.integers(1, 4)):
            cost[rng.integers(60, days) :] *= np.exp(rng.normal(0, 0.4))
    if kind == "batched":
        month_days = np.array([(FIRST_DAY + timedelta(days=int(day))).day for day in time])
        cost[month_days == 1] *= rng.uniform(2, 8)
    return cost


def portfolio(seed: int, count: int, days: int) -> NDArray[np.float64]:
    """`count` series, two in seven of them steady, the others of each kind alike."""
    rng = np.random.default_rng(seed)
    kinds = [KINDS[max(0, number % 7 - 1)] for number in range(count)]
    return np.stack([series_of(kind, rng, days) for kind in kinds])


def _trend(kind: str, rng: np.random.Generator) -> float:
    match kind:
        case "growing":
            return float(rng.uniform(0.02, 0.12))
        case "shrinking":
            return float(rng.uniform(-0.10, -0.02))
        case _:
            return 0.0


def _drift(rng: np.random.Generator, days: int) -> NDArray[np.float64]:
    """The level wanders by about 3 % a week, pulled back slowly."""
    steps = rng.normal(0, 0.012, days)
    level = np.zeros(days)
    for day in range(1, days):
        level[day] = 0.995 * level[day - 1] + steps[day]
    return level
