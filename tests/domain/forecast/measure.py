"""Coverage and errors on made-up series: `python -m tests.domain.forecast.measure [seed]`."""

import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from domain.forecast.baselines import run_rate, seasonal_naive
from domain.forecast.month import forecast_month
from tests.domain.forecast.generator import FIRST_DAY, portfolio

Array = NDArray[np.float64]

MONTHS = [date(2025, month, 1) for month in range(7, 13)]
AS_OF_DAYS = (5, 10, 15, 20, 25)


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares and medians over `count` month ends; widths are parts of the outcome."""

    count: int
    in_80: float
    in_95: float
    width_80: float
    width_95: float
    error: float
    run_rate_error: float
    seasonal_naive_error: float


def measure(values: Array, as_of: int, alone: bool, months: list[date] = MONTHS) -> Measured:
    """All month ends seen from the end of day `as_of`: each series by itself, or all of them as one portfolio."""
    parts = [_month(values, month, as_of, alone) for month in months]
    low_80, high_80, low_95, high_95, total, rate, naive, actual = np.concatenate(parts, axis=1)
    return Measured(
        count=len(actual),
        in_80=float(np.mean((low_80 <= actual) & (actual <= high_80))),
        in_95=float(np.mean((low_95 <= actual) & (actual <= high_95))),
        width_80=float(np.median((high_80 - low_80) / actual)),
        width_95=float(np.median((high_95 - low_95) / actual)),
        error=float(np.median(np.abs(total / actual - 1))),
        run_rate_error=float(np.median(np.abs(rate / actual - 1))),
        seasonal_naive_error=float(np.median(np.abs(naive / actual - 1))),
    )


def _month(values: Array, start: date, as_of: int, alone: bool) -> Array:
    end = (start + timedelta(days=32)).replace(day=1)
    first = (start - FIRST_DAY).days
    actual = values[:, first : (end - FIRST_DAY).days].sum(axis=1)
    known = values[:, : first + as_of]
    groups = [row[np.newaxis] for row in known] if alone else [known]
    forecasts = [forecast_month(group, FIRST_DAY, start, end) for group in groups]
    bounds = [np.concatenate([f.bounds(p)[side] for f in forecasts]) for p in (0.80, 0.95) for side in (0, 1)]
    total = np.concatenate([forecast.total for forecast in forecasts])
    rows = [*bounds, total, run_rate(known, FIRST_DAY, start, end), seasonal_naive(known, FIRST_DAY, start, end)]
    found = np.stack([*rows, actual])
    return found[:, ~np.isnan(found[0]) & (actual > 0)]


def main(seed: int, count: int = 210) -> None:
    """Prints a line per day of the month, then the time a series takes."""
    values = portfolio(seed, count, (date(2026, 1, 1) - FIRST_DAY).days)
    console = Console(width=200)
    for alone in (True, False):
        for as_of in AS_OF_DAYS:
            m = measure(values, as_of, alone)
            console.print(
                f"{'alone' if alone else 'portfolio':9} day {as_of:2}: {m.count} month ends; 80 % held {m.in_80:.1%} "
                f"(width {m.width_80:.1%}), 95 % held {m.in_95:.1%} (width {m.width_95:.1%}); median error "
                f"{m.error:.2%}, run rate {m.run_rate_error:.2%}, seasonal naive {m.seasonal_naive_error:.2%}"
            )
    console.print(f"{_seconds(values) / len(values) * 1e6:.0f} µs a series, {_seconds(values[:1]) * 1e6:.0f} µs alone")


def _seconds(values: Array) -> float:
    """Best of five."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        forecast_month(values, FIRST_DAY, date(2026, 1, 1), date(2026, 2, 1)).bounds(0.80)
        taken.append(time.perf_counter() - began)
    return min(taken)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
