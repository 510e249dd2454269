"""The judged days of a series as incidents: alerting days at most three apart, with what came after them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from alerts.detection.calendar import Series
from domain.anomaly.incidents import JOINED_DAYS

Row = Mapping[str, Any]
SERIES = ("metric", "scope_type", "scope", "unit")


@dataclass(frozen=True)
class Incident:
    """One series left its past on `started_on`. `rows` are its judged days from then on, also those after the end."""

    metric: str
    scope_type: str
    scope: str
    unit: str
    started_on: date
    rows: Sequence[Row]

    @property
    def series(self) -> Series:
        """Whose days they are."""
        return self.scope_type, self.scope

    @property
    def fingerprint(self) -> str:
        """One per series and incident; it stays when late data take the first day back."""
        return f"anomaly:{self.metric}:{self.scope_type}:{self.scope}:{self.started_on}"

    @cached_property
    def alerting(self) -> Sequence[Row]:
        """The days that alert, as it is known now."""
        return [row for row in self.rows if row["is_alerting"] and row["incident_on"] == self.started_on]

    @cached_property
    def taken_back(self) -> Sequence[Row]:
        """The days that alerted once and do not any more."""
        return [row for row in self.rows if row["withdrawn_at"] and row["incident_on"] == self.started_on]

    @property
    def last(self) -> Row:
        """The last alerting day; of a withdrawn incident the last that alerted."""
        return (self.alerting or self.taken_back)[-1]

    @property
    def newest_on(self) -> date:
        """The last judged day."""
        day: date = self.rows[-1]["day"]
        return day

    @property
    def is_withdrawn(self) -> bool:
        """Whether no day of it alerts any more."""
        return not self.alerting

    @property
    def is_planned(self) -> bool:
        """Whether it was withdrawn because the days are planned, not because of late data."""
        return self.is_withdrawn and all(row["state"] == "planned" for row in self.taken_back)

    @property
    def is_over(self) -> bool:
        """Three judged days without an alert: only then would the next one be another incident."""
        return self.is_withdrawn or self.newest_on >= self.last["day"] + timedelta(days=JOINED_DAYS)

    @cached_property
    def span(self) -> Sequence[Row]:
        """The days that count for what it cost: up to the last alerting one, of an open one up to the newest."""
        return self.rows if not self.is_over else [row for row in self.rows if row["day"] <= self.last["day"]]

    @cached_property
    def excess(self) -> float:
        """Σ (actual − expected) over its days, a ratio weighed by what it is of."""
        known = [row for row in self.span if row["expected"] is not None]
        return float(sum((row["actual"] - row["expected"]) * (row["base_count"] or 1) for row in known))

    @property
    def rises(self) -> bool:
        """Whether it is more than usual, by its last alerting day."""
        return bool(self.last["actual"] >= (self.last["expected"] or 0))

    @property
    def severity_ratio(self) -> float:
        """How far beyond its threshold the worst day is."""
        return max((row["score"] / row["threshold"] for row in self.alerting), default=1.0)


def incidents_of(rows: Iterable[Row]) -> list[Incident]:
    """The incidents in rows of anomaly/incident_days, which are sorted by series and day."""
    found: list[Incident] = []
    for series, of_series in groupby(rows, key=lambda row: tuple(row[name] for name in SERIES)):
        days = list(of_series)
        metric, scope_type, scope, unit = series
        by_start: dict[date, list[date]] = {}
        for row in days:
            if row["incident_on"]:
                by_start.setdefault(row["incident_on"], []).append(row["day"])
        starts = sorted(by_start)
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            end = min(by_start[following]) if following else date.max
            first = min(start, *by_start[start])
            mine = [row for row in days if first <= row["day"] < end]
            found.append(Incident(metric, scope_type, scope, unit, start, mine))
    return found
