"""Keeps what closed weeks cost as it was known, so that a later change of the bill or of owners does not hide it."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.closing import ENDED_DAYS, Biller, Closing, closing
from store.engine import Store
from store.ledger import aware
from store.schema import column_names, table
from store.sums import money
from store.tables import CollectorRun, CostDay, CostSnapshot, ScopeCostDay

_KEY = ("week_start", "currency", "scope_type", "scope")
_COSTS = ("billed_cost", "effective_cost")
_WHOLE = "organization"
"""The scope type that puts a week on record: every week with costs has it."""


def take_cost_snapshot(store: Store, now: datetime, expected: Collection[str] = ()) -> int:
    """Appends what closed weeks cost by now where that is not on record yet; how many weeks have something new.

    A week goes on record when it closes; afterwards every change is recorded, whether or not a source is behind.
    `expected` are the sources that are asked for bills at their own pace: none of them is forgotten before its first
    cost. One transaction; a second call changes nothing. Raises StoreError.
    """
    with store.write() as connection:
        closed = closing(_billers(connection, now, expected), now)
        taken_at = _after_the_newest(connection, now)
        rows = _news(closed, taken_at)
        connection.execute(sa.insert(table(CostSnapshot)).from_select(list(column_names(CostSnapshot)), rows))
        snapshots = table(CostSnapshot).c
        new_weeks = sa.select(sa.func.count(snapshots.week_start.distinct())).where(snapshots.taken_at == taken_at)
        return int(connection.execute(new_weeks).scalar_one())


def _billers(connection: Connection, now: datetime, expected: Collection[str]) -> list[Biller]:
    costs, runs = table(CostDay).c, table(CollectorRun).c
    since = now.date() - timedelta(days=ENDED_DAYS)
    recent = set(connection.execute(sa.select(costs.source).where(costs.day >= since).distinct()).scalars())
    is_ok = runs.status == "ok"
    facts = sa.select(
        runs.source,
        sa.func.max(sa.case((is_ok, runs.watermark_at))),
        sa.func.max(sa.case((is_ok, runs.finished_at))),
        sa.func.min(runs.started_at),
    ).group_by(runs.source)
    known = {source: _aware(*moments) for source, *moments in connection.execute(facts)}
    return [
        Biller(watermark_at, source in recent, source in expected, last_loaded_at, first_tried_at)
        for source in recent.union(expected)
        for watermark_at, last_loaded_at, first_tried_at in [known.get(source, (None, None, None))]
    ]


def _aware(*moments: datetime | None) -> tuple[datetime | None, ...]:
    return tuple(None if at is None else aware(at) for at in moments)


def _after_the_newest(connection: Connection, now: datetime) -> datetime:
    """Now, without zone; later than what is on record even when the clock was set back."""
    newest = connection.execute(sa.select(sa.func.max(table(CostSnapshot).c.taken_at))).scalar_one()
    naive = now.astimezone(UTC).replace(tzinfo=None)
    return naive if newest is None else max(naive, newest + timedelta(microseconds=1))


def _news(closed: Closing, taken_at: datetime) -> sa.Select[Any]:
    """The rows to append: every scope of a week that was not on record, and what changed in those that were."""
    now, newest = _known_now(), _on_record()
    weeks = sa.select(table(CostSnapshot).c.week_start)
    week = sa.func.coalesce(now.c.week_start, newest.c.week_start)
    keys = [sa.func.coalesce(now.c[name], newest.c[name]).label(name) for name in _KEY]
    costs = {name: sa.func.coalesce(now.c[name], _NOTHING) for name in _COSTS}
    changed = sa.or_(*(costs[name] != sa.func.coalesce(newest.c[name], _NOTHING) for name in _COSTS))
    is_first = newest.c.week_start.is_(None) & (now.c.scope_type == _WHOLE)
    is_closed = sa.false() if closed.end is None else week < closed.end
    values: dict[str, sa.ColumnElement[Any]] = {
        **{key.name: key for key in keys},
        **costs,
        "taken_at": sa.literal(taken_at, sa.DateTime()),
        "watermark_at": sa.literal(_naive(closed.watermark_at), sa.DateTime()),
    }
    same = sa.and_(*(now.c[name] == newest.c[name] for name in _KEY))
    return (
        sa.select(*(values[name] for name in column_names(CostSnapshot)))
        .select_from(now.join(newest, same, full=True))
        .where(is_closed | week.in_(weeks), changed | is_first)
    )


_NOTHING = sa.cast(0, sa.Numeric(38, 12))


def _known_now() -> sa.Subquery:
    """What every week costs by the rollup."""
    c = table(ScopeCostDay).c
    week = sa.cast(sa.func.date_trunc(sa.literal_column("'week'"), c.day), sa.Date)
    return (
        sa.select(
            week.label("week_start"),
            c.currency,
            c.scope_type,
            c.scope,
            *(money(c[name]).label(name) for name in _COSTS),
        )
        .group_by(week, c.currency, c.scope_type, c.scope)
        .subquery("known_now")
    )


def _on_record() -> sa.Subquery:
    """The newest row of every scope of every week."""
    c = table(CostSnapshot).c
    keys = [c[name] for name in _KEY]
    newest = sa.func.row_number().over(partition_by=keys, order_by=c.taken_at.desc()).label("newest")
    ranked = sa.select(*keys, *(c[name] for name in _COSTS), newest).subquery("ranked")
    kept = [ranked.c[name] for name in (*_KEY, *_COSTS)]
    return sa.select(*kept).where(ranked.c.newest == 1).subquery("on_record")


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None
