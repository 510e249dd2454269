"""What the organisation knows of its days: holidays, planned events, launches."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from domain.anomaly.robust import Flags
from domain.forecast.series import Values, median

SAME_WEEKDAYS = (7, 14, 21)
LAUNCH_DAYS = 30
"""After a launch or a release the level may move; only single days are judged."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one series, half-open: a planned event, or the time after a launch. `row` None means every series."""

    row: int | None
    start: date
    end: date


def launched(row: int | None, day: date) -> Span:
    """The days on which the shift of a series says nothing because of a launch on `day`."""
    return Span(row, day, day + timedelta(days=LAUNCH_DAYS))


def days_of(spans: Iterable[Span], series: int, days: int, first_day: date) -> Flags:
    """Series × days: true inside any of the spans."""
    inside = np.zeros((series, days), dtype=bool)
    for span in spans:
        columns = slice(max(0, (span.start - first_day).days), max(0, (span.end - first_day).days))
        inside[slice(None) if span.row is None else slice(span.row, span.row + 1), columns] = True
    return inside


def holiday_columns(holidays: Collection[date], days: int, first_day: date) -> list[int]:
    """The columns of holidays, oldest first."""
    return [column for day in sorted(set(holidays)) if 0 <= (column := (day - first_day).days) < days]


def without_holidays(values: Values, columns: Iterable[int]) -> Values:
    """The same with each holiday as the median of its weekday one to three weeks before; unknown without any."""
    usual = values.copy()
    for column in columns:
        back = [column - age for age in SAME_WEEKDAYS if column >= age]
        usual[:, column] = median(usual[:, back]) if back else np.nan
    return usual
