"""Counts that a source made itself, such as Prometheus: minutes of objectives, and hours of buckets.

Such a source forgets, and what it has forgotten it tells as nothing. So a load replaces what it names and nothing
else: minutes of an objective one by one, buckets by the hour. What comes is put beside what is there, under a name of
its own, until both have been compared.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.window import Window, floor_hour
from store import telemetry
from store.request_hour import hour_of
from store.schema import column_names, table
from store.sums import count
from store.tables import LatencyHour, SliHour, SliMinute

TIME = {SliMinute: "minute", LatencyHour: "hour"}
"""The rows that a source may tell, and the column of their time."""
_HOUR = timedelta(hours=1)
_SOURCE = "source"

Flag = sa.ColumnElement[bool]


def under(name: str, batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """The same rows under another source's name."""
    found = []
    for batch in batches:
        place = batch.schema.get_field_index(_SOURCE)
        renamed = pa.array([name] * batch.num_rows, pa.string())
        found.append(batch.set_column(place, batch.schema.field(place), renamed))
    return found


def hours_of(row: type, batches: Sequence[pa.RecordBatch]) -> Window | None:
    """The whole hours from the first row to the last; None when there is none."""
    moments: list[Any] = [moment for batch in batches for moment in batch.column(TIME[row]).to_pylist()]
    if not moments:
        return None
    return Window(floor_hour(min(moments).replace(tzinfo=UTC)), floor_hour(max(moments).replace(tzinfo=UTC)) + _HOUR)


def kept_hours(row: type, source: str, hours: Window | None) -> tuple[type, Flag]:
    """The rollup that stays of such rows, and which of it these hours hold."""
    kept = SliHour if row is SliMinute else row
    c = table(kept).c
    return kept, _within(c.hour, hours) & (c.source == source) if hours else sa.false()


def replace(connection: Connection, row: type, source: str, coming: str, hours: Window, now: datetime) -> int:
    """Puts the rows under the name `coming` in the place of those of `source` that they tell anew; how many that were.

    Rolls minutes up to hours, and forgets minutes that only their hours are kept of.
    """
    old, new = table(row), table(row).alias("new")
    same = (new.c.source == coming) & (new.c[TIME[row]] == old.c[TIME[row]])
    if row is SliMinute:
        same &= new.c.slo == old.c.slo
        _drop_hours(connection, source, coming)
    told = (old.c.source == source) & sa.exists(sa.select(sa.literal(1)).select_from(new).where(same))
    replaced = int(connection.execute(sa.delete(old).where(told)).rowcount)
    connection.execute(sa.update(old).where(old.c.source == coming).values(source=source))
    if row is SliMinute:
        _add_hours(connection, source, hours)
        for counts, time in ((SliMinute, "minute"), (SliHour, "hour")):
            c = table(counts).c
            nothing = (c.source == source) & (c.total_count == 0) & (c.excluded_count == 0) & _within(c[time], hours)
            connection.execute(sa.delete(table(counts)).where(nothing))
        telemetry.forget_minutes(connection, now, source)
    return replaced


def _drop_hours(connection: Connection, source: str, coming: str) -> None:
    old, new = table(SliHour), table(SliMinute).alias("new")
    same = (new.c.source == coming) & (new.c.slo == old.c.slo) & (hour_of(new.c.minute) == old.c.hour)
    told = sa.exists(sa.select(sa.literal(1)).select_from(new).where(same))
    connection.execute(sa.delete(old).where(old.c.source == source, told))


def _add_hours(connection: Connection, source: str, hours: Window) -> None:
    """Those that are missing: of a minute that is older than its kept ones the hour stays as it was counted."""
    m, h = table(SliMinute).c, table(SliHour)
    hour = hour_of(m.minute)
    keys = (hour.label("hour"), m.slo, m.source)
    sums = (
        count(m.good_count).label("good_count"),
        count(m.total_count).label("total_count"),
        count(m.excluded_count).label("excluded_count"),
    )
    wanted = (m.source == source) & _within(m.minute, hours)
    fresh = sa.select(*keys, *sums).where(wanted).group_by(hour, m.slo, m.source).subquery("fresh")
    same = (h.c.source == fresh.c.source) & (h.c.slo == fresh.c.slo) & (h.c.hour == fresh.c.hour)
    missing: sa.Select[Any] = sa.select(fresh).select_from(fresh.outerjoin(h, same)).where(h.c.hour.is_(None))
    connection.execute(sa.insert(h).from_select(list(column_names(SliHour)), missing))


def _within(moment: sa.ColumnElement[Any], hours: Window) -> Flag:
    return (moment >= hours.start.replace(tzinfo=None)) & (moment < hours.end.replace(tzinfo=None))
