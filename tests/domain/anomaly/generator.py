"""Labelled daily series of made-up features, with the habits and the accidents of AI products."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST_DAY = date(2025, 1, 1)
WEEKDAYS = np.array(
    [
        [1.1, 1.15, 1.15, 1.1, 1.0, 0.8, 0.7],
        [1.35, 1.4, 1.4, 1.35, 1.2, 0.2, 0.1],
        [1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0],
        [0.9, 0.9, 0.9, 0.95, 1.1, 1.15, 1.1],
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    ]
)
HABITS = ("plain", "plain", "growing", "shrinking", "batched", "late month", "office days", "rare", "small", "launched")
KINDS = ("drop", "level up", "routing", "leak", "spike", "burst")
QUIET_DAYS = 100
"""No accident before: a detector may learn first."""
GRACE_DAYS = 14
"""After an accident ends, its return to normal is nobody's false alert."""


@dataclass(frozen=True, slots=True)
class Accident:
    """Days `[start, end)` of one feature; `excess` is what each day cost more than it should have."""

    feature: int
    kind: str
    start: int
    end: int
    excess: Array

    def of(self, feature: int) -> "Accident":
        """The same in another row."""
        return replace(self, feature=feature)


@dataclass(frozen=True, slots=True)
class Company:
    """Features × days of cost and requests, and what went wrong in them."""

    cost: Array
    requests: Array
    habits: list[str]
    accidents: list[Accident]


def company(seed: int, features: int, days: int = 400, accident_share: float = 0.6) -> Company:
    """The habits in turn; `accident_share` of the features have one accident, some of them two."""
    rng = np.random.default_rng(seed)
    habits = [HABITS[number % len(HABITS)] for number in range(features)]
    requests, cost, accidents = np.zeros((features, days)), np.zeros((features, days)), []
    for number, habit in enumerate(habits):
        traffic = _traffic(habit, rng, days)
        unit = _unit_cost(rng, days)
        count = rng.poisson(np.minimum(traffic, 1e9)).astype(float)
        per_request = unit * np.exp(rng.normal(0, 1, days) * rng.uniform(0.2, 1.0) / np.sqrt(np.maximum(count, 1)))
        starts = _starts(rng, days, accident_share)
        for start in starts:
            kind = KINDS[rng.integers(len(KINDS))]
            more, dearer, end = _effect(kind, rng, days, start)
            before = count * per_request
            count, per_request = np.round(count * more), per_request * dearer
            accidents.append(Accident(number, kind, start, end, (count * per_request - before)[start:end]))
        requests[number], cost[number] = count, count * per_request
    return Company(cost, requests, habits, accidents)


def rates(seed: int, series: int, days: int = 300) -> tuple[Array, Array, list[Accident]]:
    """Bad events, all events, and the days on which the rate was three to ten times what it is."""
    rng = np.random.default_rng(seed)
    total = rng.poisson(np.exp(rng.normal(7, 1.2, (series, 1))) * np.exp(rng.normal(0, 0.1, (series, days)))) + 1.0
    usual = np.exp(rng.normal(np.log(0.004), 0.8, (series, 1))) * np.exp(rng.normal(0, 0.1, (series, days)))
    accidents = []
    for number in range(0, series, 2):
        start = int(rng.integers(60, days - 10))
        end = start + int(rng.integers(1, 6))
        usual[number, start:end] = np.minimum(usual[number, start:end] * rng.uniform(3, 10), 1)
        accidents.append(Accident(number, "rate", start, end, np.zeros(end - start)))
    return rng.binomial(total.astype(np.int64), usual).astype(float), total, accidents


def latencies(seed: int, series: int, days: int = 300) -> tuple[Array, list[Accident]]:
    """Daily P95 seconds; every second series is slower for some days by a quarter up to threefold."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(1, 0.7, (series, 1))) * np.exp(_drift(rng, days))
    noise = rng.standard_t(5, (series, days)) * rng.uniform(0.02, 0.08, (series, 1))
    values: Array = level * (1 + 0.1 * (WEEKDAYS[rng.integers(5, size=series)][:, _weekdays(days)] - 1)) * np.exp(noise)
    accidents = []
    for number in range(0, series, 2):
        start = int(rng.integers(QUIET_DAYS, days - 12))
        end = start + int(rng.integers(2, 12))
        values[number, start:end] *= rng.uniform(1.25, 3)
        accidents.append(Accident(number, "slow", start, end, np.zeros(end - start)))
    return values, accidents


def _traffic(habit: str, rng: np.random.Generator, days: int) -> Array:
    time = np.arange(days)
    shape = WEEKDAYS[2] if habit == "office days" else WEEKDAYS[rng.choice([0, 1, 3, 4])]
    size = rng.normal(2.5, 0.8) if habit == "small" else rng.normal(7, 1.5)
    trend = {"growing": rng.uniform(0.03, 0.12), "shrinking": rng.uniform(-0.1, -0.03)}.get(habit, 0.0)
    noise = rng.standard_t(4, days) / np.sqrt(2) * rng.choice([0.04, 0.08, 0.15])
    traffic: Array = np.exp(size + trend * time / 30 + _drift(rng, days) + noise) * shape[_weekdays(days)]
    dates = [FIRST_DAY + timedelta(days=int(day)) for day in time]
    if habit == "batched":
        chosen = rng.choice([1, 2, 3, 15], size=rng.integers(1, 3), replace=False)
        traffic[np.isin([day.day for day in dates], chosen)] *= rng.uniform(1.5, 8)
    if habit == "late month":
        traffic[[(day + timedelta(days=1)).day == 1 for day in dates]] *= rng.uniform(1.5, 5)
    if habit == "rare":
        traffic *= (rng.random(days) < rng.uniform(0.15, 0.6)) * np.exp(rng.normal(0, 0.5, days))
    if habit == "launched":
        traffic *= np.clip((time - rng.integers(days // 2)) / rng.integers(1, 40), 0, 1)
    return traffic


def _unit_cost(rng: np.random.Generator, days: int) -> Array:
    unit = np.exp(rng.normal(-4, 1)) * np.exp(0.3 * _drift(rng, days) + rng.normal(0, rng.uniform(0.01, 0.05), days))
    return np.asarray(unit)


def _starts(rng: np.random.Generator, days: int, share: float) -> list[int]:
    if rng.random() > share:
        return []
    first = int(rng.integers(QUIET_DAYS, days - 40))
    second = first + int(rng.integers(100, 200))
    return [first, second] if second < days - 40 and rng.random() < 0.5 else [first]


def _effect(kind: str, rng: np.random.Generator, days: int, start: int) -> tuple[Array, Array, int]:
    """What an accident multiplies requests and cost per request by, and its end."""
    more, dearer = np.ones(days), np.ones(days)
    match kind:
        case "drop":
            end = start + int(rng.integers(2, 12))
            more[start:end] = rng.uniform(0.05, 0.5)
        case "level up":
            end = start + int(rng.integers(14, 40))
            more[start:end] = rng.uniform(1.4, 3)
        case "routing":
            end = start + int(rng.integers(10, 40))
            dearer[start:end] = rng.uniform(1.25, 2.5)
        case "leak":
            end = start + int(rng.integers(20, 40))
            dearer[start:end] = np.exp(np.log(rng.uniform(1.6, 3.5)) * np.linspace(0, 1, end - start))
        case "spike":
            end = start + 1
            more[start:end] = rng.uniform(1.6, 6)
        case _:
            end = start + int(rng.integers(2, 7))
            more[start:end] = rng.uniform(1.5, 4)
    return more, dearer, end


def _weekdays(days: int) -> NDArray[np.int64]:
    weekdays: NDArray[np.int64] = (np.arange(days) + FIRST_DAY.weekday()) % 7
    return weekdays


def _drift(rng: np.random.Generator, days: int) -> Array:
    """The level wanders by about 3 % a week, pulled back slowly."""
    steps = rng.normal(0, 0.012, days)
    level = np.zeros(days)
    for day in range(1, days):
        level[day] = 0.995 * level[day - 1] + steps[day]
    return level
