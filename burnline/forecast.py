"""The month-end forecast of any daily series, with the yardsticks and the errors it made on earlier months."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from rich.table import Table

from config.settings import SettingsError
from domain.forecast.backtest import DAYS_LEFT, BacktestLine, backtest, recent_coverage, widening
from domain.forecast.baselines import run_rate, seasonal_naive
from domain.forecast.month import MonthForecast, forecast_month
from domain.forecast.series import Values, daily_values

CENTS_FROM = 1
"""Below one unit of money two decimals would hide the number."""
DIGITS = 12
"""Significant digits to print: enough for any bill, and 0.1 + 0.2 is 0.3."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The forecast of the month of `as_of`, the last known day; `days_left` come after it.

    `missing_days` of the month lie between the last line and `as_of`: unknown, and expected like the days ahead.
    `past` are earlier months seen with as many days left, `lines` with the usual numbers of days left.
    """

    as_of: date
    forecast: MonthForecast
    days_left: int
    missing_days: int
    run_rate: float | None
    seasonal_naive: float | None
    past: BacktestLine | None
    lines: list[BacktestLine]

    def as_json(self) -> dict[str, Any]:
        """Plain values; what is unknown is None, and `reason` says why."""
        f = self.forecast
        return {
            "month": f"{f.start:%Y-%m}",
            "actual_to_date": _number(f.actual),
            "forecast": _number(f.total),
            "low_80": _number(f.low_80),
            "high_80": _number(f.high_80),
            "low_95": _number(f.low_95),
            "high_95": _number(f.high_95),
            "as_of": f"{self.as_of}",
            "days_left": self.days_left,
            "missing_days": self.missing_days,
            "cutoffs": f.cutoffs,
            "reason": f.reason,
            "run_rate": _number(self.run_rate),
            "seasonal_naive": _number(self.seasonal_naive),
            "error_ratio": _number(self.past.error_ratio) if self.past else None,
            "error_months": self.past.month_count if self.past else 0,
        }

    def sentences(self) -> list[str]:
        """What a person wants to know, most important first."""
        f = self.forecast
        begun = f"{f.start:%Y-%m} to {self.as_of}: {_shown(f.actual)}, {_days(self.days_left)} left"
        if self.missing_days:
            begun += f" and {_days(self.missing_days)} after the last line, expected like the days ahead"
        told = [f"{begun}.", f"Forecast of the month: {_shown(f.total)}."]
        if f.low_80 is not None:
            told.append(
                f"Range: 80% {_shown(f.low_80)} to {_shown(f.high_80)}, "
                f"95% {_shown(f.low_95)} to {_shown(f.high_95)} ({f.cutoffs} past checks)."
            )
        if f.reason:
            told.append(f.reason)
        told.append(f"Run rate: {_shown(self.run_rate)}. Seasonal naive: {_shown(self.seasonal_naive)}.")
        return told

    def table(self) -> Table | None:
        """The errors on earlier months; None when there is none to test on."""
        if not any(line.month_count for line in self.lines):
            return None
        table = Table(title="How far earlier month ends were missed (median)", title_justify="left")
        for name in ("days left", "months", "forecast", "run rate", "seasonal naive", "80% held", "95% held"):
            table.add_column(name, justify="right")
        for line in self.lines:
            ratios = (line.error_ratio, line.run_rate_error_ratio, line.seasonal_naive_error_ratio)
            held = (line.covered_80_ratio, line.covered_95_ratio)
            table.add_row(
                str(line.days_left),
                str(line.month_count),
                *("–" if ratio is None else f"{ratio:.1%}" for ratio in ratios),
                *("–" if ratio is None else f"{ratio:.0%}" for ratio in held),
            )
        return table


def forecast_series(costs: Mapping[date, Decimal], as_of: date | None = None) -> Answer:
    """Forecasts the month of `as_of` (default: the last day given) from the days up to and with it, none after.

    Days without a line before the last one cost nothing; those after it are unknown.
    Raises SettingsError when no day is known by then.
    """
    as_of = as_of or max(costs)
    known = {day: cost for day, cost in costs.items() if day <= as_of}
    if not known:
        raise SettingsError(f"--as-of {as_of} lies before the first day of the series; choose {min(costs)} or later")
    first_day = min(known)
    start = as_of.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1)
    values = daily_values(_without_gaps(known), first_day, as_of)[np.newaxis, :]
    widen = widening(recent_coverage(values, first_day))
    days_left = (end - as_of).days - 1
    in_month = values[0, max(0, (start - first_day).days) :]
    return Answer(
        as_of=as_of,
        forecast=forecast_month(values, first_day, start, end, widen)[0],
        days_left=days_left,
        missing_days=int(np.isnan(in_month).sum()),
        run_rate=_known(run_rate(values, first_day, start, end)),
        seasonal_naive=_known(seasonal_naive(values, first_day, start, end)),
        past=backtest(values, first_day, [days_left])[0] if days_left else None,
        lines=backtest(values, first_day, DAYS_LEFT),
    )


def _without_gaps(costs: Mapping[date, Decimal]) -> dict[date, Decimal]:
    """A day without a line between others cost 0: exports have none for a day without use."""
    first, last = min(costs), max(costs)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: costs.get(day, Decimal(0)) for day in days}


def _known(totals: Values) -> float | None:
    return None if np.isnan(totals[0]) else float(totals[0])


def _number(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def _shown(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.2f}" if value == 0 or abs(value) >= CENTS_FROM else f"{value:.3g}"


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"
