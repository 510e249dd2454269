"""What of an incident source is replaced by a load."""

from collections.abc import Sequence

import pyarrow as pa
import sqlalchemy as sa

from domain.window import Window
from store.schema import table


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
