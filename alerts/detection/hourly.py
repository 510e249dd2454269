"""The early warning: which of the last hours are unlike anything of ninety days? The daily verdict replaces it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alerts.detection.metrics import METRICS, Metric
from alerts.detection.series import Block, placed
from config.settings import Settings
from domain.anomaly.hourly import DAY_HOURS, WEEK_DAYS, early_warnings, hourly_scores
from domain.closing import ENDED_DAYS
from domain.forecast.series import Values, median
from queries.promises import Ask
from store.anomalies import replace_hours
from store.engine import Store
from store.tables import AnomalyHour

HISTORY_DAYS = 100
"""Ninety days that the threshold is taken from, and a week before them."""
TOLD_DAYS = 2
"""Warnings of the last hours are found anew each time: late data change them."""
FALSE_WARNINGS_A_MONTH = 0.3
"""Less than one in ninety days: an hour must be further off than every hour of them."""
HOUR = 3_600_000_000
"""In microseconds, as Arrow counts moments."""
FEW = 20
"""A share or a percentile of fewer requests an hour says little."""


@dataclass(frozen=True, slots=True)
class Hourly:
    """A metric by the hour, and where it comes from."""

    metric: Metric
    query: str
    scope_types: tuple[str, ...]
    scope_param: str = "scope_type"


OWNERS = ("organization", "feature", "provider")
WATCHED = (
    Hourly(Metric("cost", "amount", "estimated_cost"), "anomaly/usage_hours", OWNERS),
    Hourly(Metric("requests", "amount", "request_count", unit="requests"), "anomaly/usage_hours", OWNERS),
    Hourly(METRICS["error_rate"], "anomaly/request_hours", OWNERS),
    Hourly(METRICS["latency_p95"], "anomaly/latency_hours", ("organization", "service", "provider"), "level"),
)


def warn_early(store: Store, ask: Ask, settings: Settings, now: datetime) -> int:
    """Keeps the warning hours of the last two days, those that late data took back as such; how many warn.

    Raises StoreError.
    """
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    start, since = midnight - timedelta(days=HISTORY_DAYS), midnight - timedelta(days=TOLD_DAYS - 1)
    found = [
        hour
        for watched in WATCHED
        for scope_type in watched.scope_types
        for hour in _warnings(ask, settings, watched, scope_type, start, since)
    ]
    replace_hours(store, since, found, now)
    return len(found)


def _warnings(
    ask: Ask, settings: Settings, watched: Hourly, scope_type: str, start: datetime, since: datetime
) -> Iterator[AnomalyHour]:
    end = start + timedelta(days=HISTORY_DAYS + 1)
    asked: dict[str, Any] = {"start": start, "end": end, "since": end - timedelta(days=ENDED_DAYS)}
    table = ask(watched.query, **asked, **{watched.scope_param: scope_type}).table
    series = _by_hour(table, watched.metric, start, (HISTORY_DAYS + 1) * DAY_HOURS)
    if not series.scopes:
        return
    values = _values(series, watched.metric)
    scores = hourly_scores(values)
    warns = early_warnings(scores, false_alerts_a_month=FALSE_WARNINGS_A_MONTH)
    if watched.metric.form != "amount":
        warns &= np.nan_to_num(scores) > 0  # fewer errors and quicker answers are no alarm
    warns[:, : int((since - start) / timedelta(hours=1))] = False
    usual = _usual(values)
    for row, column in zip(*(axis.tolist() for axis in np.nonzero(warns)), strict=True):
        expected = float(usual[row, column])
        yield AnomalyHour(
            metric=watched.metric.name,
            scope_type=scope_type,
            scope=series.scopes[row],
            unit=watched.metric.unit or settings.organization.currency,
            hour=start + timedelta(hours=column),
            score=float(scores[row, column]),
            actual=float(values[row, column]),
            expected=None if np.isnan(expected) else expected,
        )


def _by_hour(table: pa.Table, metric: Metric, start: datetime, hours: int) -> Block:
    told = table.filter(pc.is_valid(table["known_to"]))
    first = int(start.timestamp()) * 1_000_000 // HOUR
    columns, ends = (told[name].cast(pa.int64()).to_numpy() // HOUR - first for name in ("hour", "known_to"))
    return placed(told, metric, start.date(), columns, ends, hours)


def _values(series: Block, metric: Metric) -> Values:
    """A rate as a share; unknown where too few requests tell."""
    if series.base is None:
        return series.values
    enough = np.nan_to_num(series.base) >= FEW
    divisor = series.base if metric.form == "rate" else np.ones_like(series.values)
    found: Values = np.divide(series.values, divisor, out=np.full(series.values.shape, np.nan), where=enough)
    return found


def _usual(values: Values) -> Values:
    """The median of the same hour on the seven days before."""
    padded = np.concatenate([np.full((len(values), WEEK_DAYS * DAY_HOURS), np.nan), values], axis=1)
    width = values.shape[1]
    return median(np.stack([padded[:, n * DAY_HOURS : n * DAY_HOURS + width] for n in range(WEEK_DAYS)], axis=-1))
