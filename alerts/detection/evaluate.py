"""Judges every series by what the store holds now and keeps the verdicts; the rules read them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial, reduce
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from alerts.detection.calendar import Calendar, parents_of
from alerts.detection.hourly import warn_early
from alerts.detection.judge import Judged, judge
from alerts.detection.memory import day_of, recall
from alerts.detection.metrics import FAMILIES, Family, Metric
from alerts.detection.rows import batch
from alerts.detection.series import block
from config.settings import Settings
from domain.closing import ENDED_DAYS
from domain.wording import count
from queries.promises import Ask
from queries.runner import run
from store.anomalies import Slice, finish_run, last_digest, replace_days
from store.engine import Store
from store.schema import arrow_schema
from store.tables import AnomalyDay, AnomalyRun

HISTORY_DAYS = 200
"""What a day is judged by: eight weeks and a level for each of the 63 days before, six months of days of the month."""
MOST_ROWS = 500_000
"""Written at once: a first run of many series must not fill the memory."""
OWNED_DAYS = 28
"""What belongs to whom goes by the costs of four weeks."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What one evaluation did, in days of series: scored, alerting among them, alerting for the first time, and those
    that late data took back; and the hours that warn early."""

    series_count: int = 0
    scored_count: int = 0
    alerting_count: int = 0
    opened_count: int = 0
    withdrawn_count: int = 0
    warning_count: int = 0

    def sentence(self) -> str:
        """How it went, for a person."""
        return (
            f"{self.series_count:,} series, {count(self.scored_count, 'day')} scored: "
            f"{self.alerting_count:,} alert, {self.opened_count:,} of them anew; {self.withdrawn_count:,} withdrawn; "
            f"{count(self.warning_count, 'hour')} warn early."
        )

    def and_also(self, other: "Detected") -> "Detected":
        """Both together."""
        return Detected(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def detect_if_new(store: Store, settings: Settings, now: datetime) -> Detected | None:
    """The same as `detect` when data, plans, settings or the day changed since the last time; else None."""
    return None if _digest(partial(run, store), settings, now) == last_digest(store) else detect(store, settings, now)


def detect(store: Store, settings: Settings, now: datetime) -> Detected:
    """Judges the last three complete days of every series anew, and every day that was never judged.

    The first time that is everything since `HISTORY_DAYS` ago, each day by those before it. Raises StoreError.
    """
    ask: Ask = partial(run, store)
    digest, today = _digest(ask, settings, now), now.date()
    calendar = _calendar(ask, settings, today)
    found, waiting = Detected(), list[Slice]()
    for family in FAMILIES:
        for scope_type in family.scope_types:
            for metric, unit, judged, gone in _judged(ask, settings, family, scope_type, calendar, now):
                waiting += _slices(judged, metric, scope_type, unit, now)
                waiting += [_forgotten(metric, scope_type, unit, gone)] if gone else []
                found = reduce(Detected.and_also, map(_counted, judged), found)
            if sum(one.rows.num_rows for one in waiting) > MOST_ROWS:
                replace_days(store, waiting)
                waiting = []
    replace_days(store, waiting)
    found = replace(found, warning_count=warn_early(store, ask, settings, now))
    finish_run(
        store,
        AnomalyRun(
            run_id=uuid4().hex,
            started_at=now,
            digest=digest,
            series_count=found.series_count,
            scored_count=found.scored_count,
            opened_count=found.opened_count,
            withdrawn_count=found.withdrawn_count,
        ),
    )
    return found


def _judged(
    ask: Ask, settings: Settings, family: Family, scope_type: str, calendar: Calendar, now: datetime
) -> Iterator[tuple[Metric, str, list[Judged], list[str]]]:
    """Each metric of a family with its unit, its verdicts, and the scopes that were judged before and are no more."""
    today, start, organization = now.date(), _start(now.date()), settings.organization
    asked: dict[str, Any] = {"start": start, "end": today, "since": today - timedelta(days=ENDED_DAYS)}
    asked[family.scope_param] = scope_type
    if family.needs_currency:
        asked["currency"] = organization.currency
    table = ask(family.query, **asked).table
    for metric in family.metrics if table.num_rows else ():
        series = block(table, metric, start, HISTORY_DAYS)
        unit = metric.unit or organization.currency
        remembered = ask("anomaly/judged_days", metric=metric.name, scope_type=scope_type, unit=unit, since=start)
        memory = recall(remembered.table, series)
        sensitivity = settings.anomalies.sensitivity_of(metric.name)
        gone = sorted({str(scope) for scope in pc.unique(remembered.table["scope"]).to_pylist()} - {*series.scopes})
        yield metric, unit, judge(series, metric, scope_type, memory, calendar, sensitivity, now), gone


def _slices(judged: Sequence[Judged], metric: Metric, scope_type: str, unit: str, now: datetime) -> list[Slice]:
    """What the verdicts replace; all series of a metric at once where they go on from the same day."""
    everything = len(judged) == 1
    return [
        Slice(
            metric=metric.name,
            scope_type=scope_type,
            unit=unit,
            since=day_of(one.since, one.part.first_day),
            scopes=None if everything else one.part.scopes,
            rows=batch(one, metric.name, scope_type, unit, now),
        )
        for one in judged
    ]


def _forgotten(metric: Metric, scope_type: str, unit: str, gone: Sequence[str]) -> Slice:
    """A feature or team that was renamed lives on under its new name; what is left of the old one would never end."""
    nothing = pa.RecordBatch.from_pylist([], schema=arrow_schema(AnomalyDay))
    return Slice(metric=metric.name, scope_type=scope_type, unit=unit, since=date.min, scopes=gone, rows=nothing)


def _counted(one: Judged) -> Detected:
    return Detected(
        series_count=len(one.part.scopes),
        scored_count=int(np.count_nonzero(one.cells & ~np.isnan(one.scores.score))),
        alerting_count=int(one.alerting.sum()),
        opened_count=one.opened_count,
        withdrawn_count=one.withdrawn_count,
    )


def _start(today: date) -> date:
    return today - timedelta(days=HISTORY_DAYS)


def _calendar(ask: Ask, settings: Settings, today: date) -> Calendar:
    scopes = ask(
        "anomaly/scopes",
        start=today - timedelta(days=OWNED_DAYS),
        end=today,
        currency=settings.organization.currency,
    )
    return Calendar(
        rows=ask("anomaly/calendar", since=_start(today)).rows(),
        holidays=settings.anomalies.holiday_dates,
        parents=parents_of(scopes.rows()),
    )


def _digest(ask: Ask, settings: Settings, now: datetime) -> str:
    """Changes with what days are judged by; the day is part of it, for at midnight another day may be complete."""
    facts = ask("anomaly/inputs").one()
    known = (sorted(facts.items()), settings.anomalies, settings.organization.currency, now.astimezone(UTC).date())
    return hashlib.sha256(repr(known).encode()).hexdigest()
