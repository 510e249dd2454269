"""What of an incident source is replaced by a load, and which of its incidents have to be read again."""

from collections.abc import Sequence
from datetime import timedelta

import pyarrow as pa
import sqlalchemy as sa

from domain.incident.words import MITIGATED, OPEN
from domain.window import Window, floor_day
from store.engine import Store
from store.ledger import aware
from store.schema import table
from store.tables import Incident

DAY = timedelta(days=1)


def incident_slice(
    row: type, source: str, window: Window, batches: Sequence[pa.RecordBatch], keeps_unlisted: bool
) -> sa.ColumnElement[bool]:
    """The incidents that were declared in the window, and those of the batches wherever they are.

    A source may move the declaration of an incident; by its id it is still found and never there twice. With
    `keeps_unlisted` it is the named ones only.
    """
    columns = table(row).c
    ids = {incident_id for batch in batches for incident_id in batch.column("incident_id").to_pylist()}
    named = columns.incident_id.in_(sorted(ids))
    start, end = window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)
    declared = (columns.declared_at >= start) & (columns.declared_at < end)
    return (columns.source == source) & (named if keeps_unlisted else named | declared)


def unfinished_days(store: Store, source: str, before: Window) -> list[Window]:
    """The UTC days before a window on which incidents of a source were declared that are not resolved yet.

    Days that follow each other are one window.
    """
    columns = table(Incident).c
    unfinished = sa.select(columns.declared_at).where(
        columns.source == source,
        columns.status.in_((OPEN, MITIGATED)),
        columns.declared_at < before.start.replace(tzinfo=None),
    )
    with store.read() as connection:
        days = sorted({floor_day(aware(moment)) for moment in connection.execute(unfinished).scalars()})
    found: list[Window] = []
    for day in days:
        end = min(day + DAY, before.start)
        if found and found[-1].end == day:
            found[-1] = Window(found[-1].start, end)
        else:
            found.append(Window(day, end))
    return found
