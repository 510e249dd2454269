"""How far the forecast misses month ends, beside what anybody would guess, on series it was never tuned on."""

from datetime import date

from bench.report import Measure
from tests.domain.forecast.generator import FIRST_DAY, portfolio
from tests.domain.forecast.measure import measure as measure_errors

SEED, SERIES = 2026, 140
"""A seed of its own: tests and development used others."""
AS_OF_DAYS = (5, 10, 15, 20, 25)


def measure() -> list[Measure]:
    """Median error of six months of all series, seen from five days; each yardstick is a limit."""
    values = portfolio(SEED, SERIES, (date(2026, 1, 1) - FIRST_DAY).days)
    measures = []
    for day in AS_OF_DAYS:
        found = measure_errors(values, day, alone=False)
        for name, error in (("run rate", found.run_rate_error), ("seasonal naive", found.seasonal_naive_error)):
            claim = f"Forecast from day {day}: median error, no worse than {name}"
            measures.append(Measure(claim, found.error * 100, error * 100, "%"))
    return measures
