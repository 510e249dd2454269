"""What a euro is worth in dollars, as a central bank publishes it: once every weekday."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from sandbox.timeline import epoch_day
from sandbox.traffic import stream_key, uniform

RATE_COLUMNS = ("date", "currency", "rate")
EUR = "EUR"

_MEAN = 1.14
_SWING, _SWING_DAYS = 0.02, 83.0
_JITTER = 0.006
_FRIDAY = 4
_PLACES = Decimal("0.0001")


def eur_rate(seed: int, day: date) -> Decimal:
    """Dollars for one euro with four decimals; on a weekend Friday's."""
    published = day - timedelta(days=max(0, day.weekday() - _FRIDAY))
    number = np.array([epoch_day(published)], dtype=np.int64)
    swing = _SWING * np.sin(number / _SWING_DAYS * 2.0 * np.pi)
    jitter = _JITTER * (uniform(stream_key(seed, "exchange/EUR"), 1, number) - 0.5)
    return Decimal(float((_MEAN + swing + jitter)[0])).quantize(_PLACES)


def rate_rows(seed: int, start: date, end: date) -> list[tuple[str, ...]]:
    """Lines of fx_rates.csv for the weekdays of [start, end), and for the last one before if none is on `start`."""
    first = start - timedelta(days=max(0, start.weekday() - _FRIDAY))
    days = (first + timedelta(days=number) for number in range((end - first).days))
    return [(str(day), EUR, str(eur_rate(seed, day))) for day in days if day.weekday() <= _FRIDAY]
