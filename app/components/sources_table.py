"""Sources and their freshness in one table."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from app import format as fmt
from app.components import columns, empty, table
from app.freshness import SourceState


def sources_table(found: Sequence[SourceState], now: datetime) -> None:
    """Failing and late ones first, with the age of the newest run and how far the data reach."""
    if not found:
        empty.nothing(f"No source is connected yet. {empty.CONNECT}")
        return
    rows = pa.table(
        {
            "state": [s.label for s in found],
            "source": [s.source for s in found],
            "complete_to": [fmt.moment(s.facts.get("watermark_at")) for s in found],
            "last_run": [fmt.ago(s.facts.get("last_finished_at"), now) for s in found],
        }
    )
    shown = {
        "state": columns.text("State"),
        "source": columns.text("Source"),
        "complete_to": columns.text("Complete to"),
        "last_run": columns.text("Last run"),
    }
    table.draw(rows, shown, alt=f"Sources: {fmt.listed([f'{s.source} {s.label[2:].lower()}' for s in found])}.")
