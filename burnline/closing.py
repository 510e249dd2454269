"""Puts closed weeks on record, for the scheduler and the command line."""

from datetime import datetime

from burnline.context import Context
from collectors.base import FileSource
from store.cost_snapshots import take_cost_snapshot


def record_closed_weeks(context: Context, now: datetime) -> int:
    """Appends what closed weeks cost as it is known now; how many weeks have something new. Raises StoreError.

    Files come when somebody delivers them, so a configured file source without any is not waited for.
    """
    expected = {
        item.name
        for item in context.sources
        if item.source.role == "billing" and not isinstance(item.source, FileSource)
    }
    return take_cost_snapshot(context.store, now, expected)
