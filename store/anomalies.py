"""Keeps what was judged of every series: replaces the days that were judged anew, forgets what nothing needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import bulk
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import AnomalyDay, AnomalyFeedback, AnomalyHour, AnomalyRun

KEPT_DAYS = 100
"""The level's usual movement looks back 63 days, its return 45, and a season shows how often a series alerts."""
HABIT_KEPT_DAYS = 230
"""Habits of days of the month are medians of up to six of them."""
HABIT_DAYS = (1, 2, 3, 15)
"""Of a month, and its last."""
RUN_KEPT = timedelta(days=30)
HOURS_KEPT = timedelta(days=7)
"""A warning is told until its day is judged; a bill may be days late."""
LISTED = 500
"""Scopes that one statement names."""

DAYS = table(AnomalyDay)


@dataclass(frozen=True, slots=True)
class Slice:
    """The days from `since` on that are replaced: of the `scopes`, or of all series of the metric when None."""

    metric: str
    scope_type: str
    unit: str
    since: date
    scopes: Sequence[str] | None
    rows: pa.RecordBatch


def replace_days(store: Store, slices: Sequence[Slice]) -> None:
    """Makes the rows of each slice the only ones of its series from its day on, in one transaction."""
    batches = [one.rows for one in slices if one.rows.num_rows]
    with bulk.staged(store, AnomalyDay, batches) as staged, store.write() as connection:
        for one in slices:
            of_metric = (
                (DAYS.c.metric == one.metric)
                & (DAYS.c.scope_type == one.scope_type)
                & (DAYS.c.unit == one.unit)
                & (DAYS.c.day >= one.since)
            )
            for some in _listed(one.scopes):
                connection.execute(
                    sa.delete(DAYS).where(of_metric, sa.true() if some is None else DAYS.c.scope.in_(some))
                )
        if batches:
            staged.insert(connection)


def _listed(scopes: Sequence[str] | None) -> Iterable[Sequence[str] | None]:
    if scopes is None:
        return [None]
    return [scopes[start : start + LISTED] for start in range(0, len(scopes), LISTED)]


def replace_hours(store: Store, since: datetime, hours: Sequence[AnomalyHour], now: datetime) -> None:
    """Makes these the only warnings from a moment on; what warned there and does no more is withdrawn at `now`.

    Those before it are forgotten after some days.
    """
    column = table(AnomalyHour).c.hour
    gone = (column >= _naive(since)) | (column < _naive(since - HOURS_KEPT))
    warning = {_place(one) for one in hours}
    with store.write() as connection:
        told = connection.execute(sa.select(table(AnomalyHour)).where(column >= _naive(since))).mappings()
        before = [AnomalyHour(**{**row, "hour": row["hour"].replace(tzinfo=UTC)}) for row in told]
        withdrawn = [
            replace(one, withdrawn_at=one.withdrawn_at or _naive(now)) for one in before if _place(one) not in warning
        ]
        connection.execute(sa.delete(table(AnomalyHour)).where(gone))
        insert_rows(connection, AnomalyHour, to_batch(AnomalyHour, [*hours, *withdrawn]))


def _place(one: AnomalyHour) -> tuple[str, str, str, str, datetime]:
    return one.metric, one.scope_type, one.scope, one.unit, one.hour


def finish_run(store: Store, run: AnomalyRun) -> None:
    """Puts a run on record as the newest, and forgets old runs and the days that nothing needs any more."""
    today = run.started_at.date()
    runs = table(AnomalyRun)
    with store.write() as connection:
        _forget(connection, today)
        at = runs.c.started_at
        of_another_clock = at >= _naive(run.started_at)
        connection.execute(sa.delete(runs).where((at < _naive(run.started_at - RUN_KEPT)) | of_another_clock))
        insert_rows(connection, AnomalyRun, to_batch(AnomalyRun, [run]))


def _forget(connection: Connection, today: date) -> None:
    day_of_month = sa.extract("day", DAYS.c.day)
    next_day = sa.extract("day", DAYS.c.day + sa.literal_column("1"))
    has_habit = day_of_month.in_(HABIT_DAYS) | (next_day == 1)
    connection.execute(
        sa.delete(DAYS).where(
            DAYS.c.incident_on.is_(None),
            (DAYS.c.day < today - timedelta(days=HABIT_KEPT_DAYS))
            | ((DAYS.c.day < today - timedelta(days=KEPT_DAYS)) & sa.not_(has_habit)),
        )
    )


def last_digest(store: Store) -> str | None:
    """What the newest run was made from; None before the first."""
    runs = table(AnomalyRun).c
    with store.read() as connection:
        newest = sa.select(runs.digest).order_by(runs.started_at.desc()).limit(1)
        return connection.execute(newest).scalar_one_or_none()


def add_feedback(connection: Connection, answer: AnomalyFeedback) -> None:
    """Puts one answer of a person on record, in the caller's transaction."""
    insert_rows(connection, AnomalyFeedback, to_batch(AnomalyFeedback, [answer]))


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
