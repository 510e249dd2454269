"""The shipped detector on anybody's daily series, as it would have judged each day at the time."""

import csv
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from burnline.anomaly_file import Metric, SeriesFile
from config.settings import SettingsError
from domain.anomaly.baseline import weekday_profiles
from domain.anomaly.daily import Scores, score_days
from domain.anomaly.incidents import incidents
from domain.anomaly.kind import Kind
from domain.anomaly.method import AMOUNT, LATENCY, LEVEL, RATIO
from domain.anomaly.rates import TOLERANCE, form_of, score_rates
from domain.anomaly.unit_cost import cost_per_request, only_busy, with_unit_cost
from domain.forecast.series import Values, started, sum_series

METHODS = {
    Kind.AMOUNT: AMOUNT, Kind.COST: AMOUNT, Kind.REQUESTS: AMOUNT, Kind.RATIO: RATIO, Kind.LATENCY: LATENCY,
    Kind.RATE: LEVEL,
}  # fmt: skip
COLUMNS = ("series_id", "timestamp", "score", "actual", "expected")
DIGITS = 12
"""Significant digits to write: enough for any bill, and 0.1 + 0.2 is 0.3."""


@dataclass(frozen=True, slots=True)
class AlertDay:
    """One alerting day of one series; `timestamp` as the file writes it, `expected` in the unit of `actual`."""

    series_id: str
    timestamp: str
    score: float
    actual: float
    expected: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The series of one metric: how many days could be scored, and what alerted."""

    metric: Metric
    alerts: list[AlertDay]
    incident_count: int
    scored_days: int
    learning: list[str]
    negative_days: int
    impossible_days: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Every metric of a file."""

    judged: list[Judged]
    notes: list[str]

    @property
    def alerts(self) -> list[AlertDay]:
        """Of all metrics, by series and time."""
        return sorted(itertools.chain.from_iterable(one.alerts for one in self.judged), key=lambda a: a.series_id)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "series": sum(len(one.metric.ids) for one in self.judged),
            "scored_days": sum(one.scored_days for one in self.judged),
            "alert_days": sum(len(one.alerts) for one in self.judged),
            "incidents": sum(one.incident_count for one in self.judged),
            "learning": sorted(id_ for one in self.judged for id_ in one.learning),
            "metrics": [
                {
                    "metric": one.metric.name,
                    "judged_as": one.metric.kind.value,
                    "series": len(one.metric.ids),
                    "scored_days": one.scored_days,
                    "alert_days": len(one.alerts),
                    "incidents": one.incident_count,
                }
                for one in self.judged
            ],
            "notes": self.notes,
        }

    def sentence(self) -> str:
        """What a person wants to know first."""
        told = self.as_json()
        sentence = (
            f"{told['series']:,} series, {told['scored_days']:,} days scored: {told['alert_days']:,} alerting days "
            f"in {told['incidents']:,} incidents."
        )
        if told["learning"]:
            sentence += f" {len(told['learning']):,} series are learning; a score needs 14 known days before it."
        return sentence

    def table(self) -> Table:
        """One row per metric."""
        table = Table()
        for name in ("metric", "judged as"):
            table.add_column(name, overflow="fold")
        for name in ("series", "days scored", "alerting days", "incidents"):
            table.add_column(name, justify="right")
        for row in self.as_json()["metrics"]:
            table.add_row(*(value if isinstance(value, str) else f"{value:,}" for value in row.values()))
        return table


def backtest_anomalies(file: SeriesFile) -> Answer:
    """Judges each day by the days before it, at normal sensitivity; without holidays, plans or feedback.

    Cost per request counts for the cost series of a feature that has a requests series too.
    """
    requests = _requests(file)
    judged = [_judged(metric, file, requests) for metric in file.metrics]
    notes = list(file.notes)
    negative = sum(one.negative_days for one in judged)
    if negative:
        notes.append(f"{negative:,} × a value below 0 (a credit, a correction) is unknown and teaches nothing.")
    impossible = sum(one.impossible_days for one in judged)
    if impossible:
        notes.append(f"{impossible:,} × a rate of more than all is unknown and teaches nothing.")
    return Answer(judged, notes)


def write_alerts(answer: Answer, path: Path) -> None:
    """One row per alerting day. Raises SettingsError when the file cannot be written."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for one in answer.alerts:
                numbers = (f"{number:.{DIGITS}g}" for number in (one.score, one.actual, one.expected))
                writer.writerow((one.series_id, one.timestamp, *numbers))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from None


def feature_of(series_id: str) -> str:
    """What stands before the last slash; the whole id without one."""
    return series_id.rpartition("/")[0] or series_id


def _requests(file: SeriesFile) -> Mapping[str, Values]:
    """Requests by day of each feature; of several series, the first by metric and id."""
    found: dict[str, Values] = {}
    for metric in file.metrics:
        if metric.kind is Kind.REQUESTS:
            for id_, row in zip(metric.ids, metric.values, strict=True):
                found.setdefault(feature_of(id_), row)
    return found


def _judged(metric: Metric, file: SeriesFile, requests: Mapping[str, Values]) -> Judged:
    scores = _scores(metric, file, requests)
    alerts = scores.alerts()
    days = [
        AlertDay(
            metric.ids[row],
            metric.texts[row][column],
            float(scores.score[row, column]),
            float(metric.values[row, column]),
            float(scores.expected[row, column]),
        )
        for row, column in zip(*(axis.tolist() for axis in np.nonzero(alerts)), strict=True)
    ]
    unscored = ~(~np.isnan(scores.score)).any(axis=1)
    return Judged(
        metric=metric,
        alerts=days,
        incident_count=sum(len(each) for each in incidents(alerts)),
        scored_days=int(np.count_nonzero(~np.isnan(scores.score))),
        learning=[metric.ids[row] for row in np.flatnonzero(unscored)],
        negative_days=int(np.count_nonzero(metric.values < 0)),
        impossible_days=int(np.count_nonzero(metric.values * _size(metric) > metric.totals * (1 + TOLERANCE)))
        if metric.kind is Kind.RATE
        else 0,
    )


def _scores(metric: Metric, file: SeriesFile, requests: Mapping[str, Values]) -> Scores:
    if metric.kind is Kind.RATE and not np.isnan(metric.totals).all():
        return _rate_scores(metric)
    values = np.where(metric.values < 0, np.nan, metric.values)
    parent = weekday_profiles(sum_series(started(values)))
    scores = score_days(values, file.first_day, METHODS[metric.kind], parent_profile=parent)
    if metric.kind is Kind.COST:
        beside = _beside(metric, requests, np.full(values.shape, np.nan))
        ratio = score_days(cost_per_request(values, beside), file.first_day, RATIO)
        return with_unit_cost(scores, ratio, beside)
    if metric.kind is Kind.RATIO:
        return only_busy(scores, _beside(metric, requests, np.full(values.shape, np.inf)))
    return scores


def _beside(metric: Metric, requests: Mapping[str, Values], otherwise: Values) -> Values:
    """The requests of each series' feature."""
    return np.stack([requests.get(feature_of(id_), row) for id_, row in zip(metric.ids, otherwise, strict=True)])


def _size(metric: Metric) -> Values:
    return form_of(metric.name, metric.values, metric.totals).size(metric.totals)


def _rate_scores(metric: Metric) -> Scores:
    size = _size(metric)
    found = score_rates(metric.values * size, metric.totals)
    expected = np.divide(found.expected, size, out=np.full(size.shape, np.nan), where=size > 0)
    return Scores(found.score, expected, found.threshold, found.learning)
