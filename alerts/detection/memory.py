"""What earlier nights found, placed beside today's series, so that a night judges its own days only."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from alerts.detection.series import EPOCH, Block, Places, columns_of, places_of
from domain.anomaly.daily import Past
from domain.anomaly.late import RESCORED_DAYS

Cell = tuple[int, int]
"""A row and a column."""


@dataclass(frozen=True, slots=True)
class Alerted:
    """A day that alerted at some time: the first day of its incident, whether it still does, else since when not."""

    incident_on: date
    is_alerting: bool
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Memory:
    """Series × days as earlier nights left them. `first_scored_at` is in microseconds since 1970, 0 where never."""

    past: Past
    first_scored_at: NDArray[np.int64]
    alerted: dict[Cell, Alerted]

    def rows(self, places: Places) -> "Memory":
        """Of some of the series."""
        new = {old: row for row, old in enumerate(places.tolist())}
        return replace(
            self,
            past=Past(self.past.error[places], self.past.shift[places], self.past.moved[places]),
            first_scored_at=self.first_scored_at[places],
            alerted={(new[row], column): one for (row, column), one in self.alerted.items() if row in new},
        )


def recall(table: pa.Table, found: Block) -> Memory:
    """The rows of anomaly/judged_days at the places of a block; those of scopes it does not know are left out."""
    shape = found.values.shape
    scopes, told_rows = places_of(table["scope"])
    here = {scope: row for row, scope in enumerate(found.scopes)}
    rows = np.array([here.get(scope, -1) for scope in scopes], dtype=np.int64)[told_rows]
    columns = columns_of(table["day"], found.first_day)
    kept = (rows >= 0) & (columns >= 0) & (columns < shape[1])
    at = rows[kept], columns[kept]
    parts = []
    for name in ("error", "shift", "moved"):
        part = np.full(shape, np.nan)
        part[at] = table[name].to_numpy()[kept]
        parts.append(part)
    first_scored_at = np.zeros(shape, dtype=np.int64)
    first_scored_at[at] = table["first_scored_at"].cast(pa.int64()).to_numpy()[kept]
    return Memory(Past(*parts), first_scored_at, _alerted(table.filter(pa.array(kept)), here, found.first_day))


def _alerted(table: pa.Table, rows: dict[str, int], first_day: date) -> dict[Cell, Alerted]:
    told = table.filter(pc.is_valid(table["incident_on"]))
    return {
        (rows[row["scope"]], (row["day"] - first_day).days): Alerted(
            row["incident_on"], row["is_alerting"], row["withdrawn_at"]
        )
        for row in told.to_pylist()
    }


def since_columns(found: Block, memory: Memory, backlog_days: int) -> Places:
    """Per series the first column to judge: its last three complete days, and what was never judged before them.

    Of a series with a past, what lies further back than `backlog_days` stays unjudged.
    """
    has_past = memory.first_scored_at.any(axis=1)
    oldest = np.where(has_past, np.maximum(found.known_to - backlog_days, 0), 0)
    never = found.is_known & (memory.first_scored_at == 0) & (np.arange(found.days) >= oldest[:, np.newaxis])
    first_never = np.where(never.any(axis=1), never.argmax(axis=1), found.days)
    return np.clip(np.minimum(first_never, found.known_to - RESCORED_DAYS), oldest, None)


def day_of(column: int, first_day: date) -> date:
    """The day of a column."""
    return first_day + timedelta(days=column)


def in_days(day: date) -> int:
    """Days since 1970, as Arrow counts dates."""
    return (day - EPOCH).days


def in_microseconds(moment: datetime) -> int:
    """Microseconds since 1970, as Arrow counts moments."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
