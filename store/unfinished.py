"""Which rows of a source are not finished yet, so that their days have to be read again however old they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from domain.incident.words import MITIGATED, OPEN
from domain.window import Window, floor_day
from store.engine import Store
from store.ledger import aware
from store.schema import table
from store.tables import Defect, EvidenceRequest, Incident, Spec

DAY = timedelta(days=1)
MONTH = timedelta(days=31)
"""Trackers have open items on most days: one question about a month is cheaper than thirty about days."""


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """`joined`: two such days that are less apart are asked for in one window."""

    time: str
    condition: Callable[[Any], sa.ColumnElement[bool]]
    joined: timedelta


_UNFINISHED: dict[type, _Unfinished] = {
    Incident: _Unfinished("declared_at", lambda c: c.status.in_((OPEN, MITIGATED)), DAY),
    Spec: _Unfinished("created_at", lambda c: c.done_at.is_(None), MONTH),
    Defect: _Unfinished("reported_at", lambda c: c.status == OPEN, MONTH),
    EvidenceRequest: _Unfinished("requested_at", lambda c: c.delivered_at.is_(None), MONTH),
}


def unfinished_days(store: Store, row: type, source: str, before: Window) -> list[Window]:
    """The UTC days before a window to which rows of a source belong that are not finished; none for other tables.

    Unfinished are incidents and defects that are open, specifications not done, and evidence not delivered. Days that
    follow each other, those of trackers within a month, are one window.
    """
    if row not in _UNFINISHED:
        return []
    kind, columns = _UNFINISHED[row], table(row).c
    time = columns[kind.time]
    unfinished = sa.select(time).where(
        columns.source == source, kind.condition(columns), time < before.start.replace(tzinfo=None)
    )
    with store.read() as connection:
        days = sorted({floor_day(aware(moment)) for moment in connection.execute(unfinished).scalars()})
    found: list[Window] = []
    for day in days:
        end = min(day + DAY, before.start)
        if found and day - found[-1].end < kind.joined:
            found[-1] = Window(found[-1].start, end)
        else:
            found.append(Window(day, end))
    return found
