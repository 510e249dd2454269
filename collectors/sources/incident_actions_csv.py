"""Remediation items of incidents from CSV files. Grain: one item.

Columns, by name: action_id, incident_id (the incident's id or its number), created_at and title are needed; state
(open, done, dropped), owner, due_on, completed_at and url may be there. Without a state an item with completed_at
is done, any other open. All files below the path are one delivery: it replaces the days from its first item to its
last.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History, SourceSettings
from collectors.files import by_folder, digest, up_to_date
from collectors.table_file import RowError, as_day, as_text, as_time, one_of, read_files, table_rows
from domain.window import Window, floor_day
from store.schema import to_batch
from store.tables import IncidentAction

SUFFIXES = (".csv",)
REQUIRED = ("action_id", "incident_id", "created_at", "title")
OPEN, DONE, DROPPED = "open", "done", "dropped"
READERS = {
    "action_id": as_text,
    "incident_id": as_text,
    "created_at": as_time,
    "title": as_text,
    "state": one_of(OPEN, DONE, DROPPED),
    "owner": as_text,
    "due_on": as_day,
    "completed_at": as_time,
    "url": as_text,
}


class ActionFileSettings(SourceSettings):
    """`path`: a file or folder."""

    path: str = Field(min_length=1)


def deliver(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a file that does not fit."""
    files = [file for folder in by_folder(Path(api.settings.path), SUFFIXES) for file in folder]
    detail = digest(files)
    if up_to_date(history, [detail]):
        return
    seen: set[str] = set()
    actions, rejected = read_files(api.name, files, READERS, REQUIRED, lambda values: _action(api.name, values, seen))
    created = [action.created_at for action in actions]
    window = Window(floor_day(min(created)), floor_day(max(created)) + timedelta(days=1))
    yield Delivery(detail, window, [to_batch(IncidentAction, actions)], rejected=rejected)


def check(api: FileApi) -> None:
    """The first file can be read."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    for _ in table_rows(first, READERS, REQUIRED):
        return


def _action(source: str, values: dict[str, Any], seen: set[str]) -> IncidentAction:
    if values["action_id"] in seen:
        raise RowError("action_id was there before; give each item one row")
    seen.add(values["action_id"])
    state = values.pop("state", None) or (DONE if "completed_at" in values else OPEN)
    return IncidentAction(source=source, state=state, **values)


SOURCE = FileSource(
    name="incident_actions_csv",
    title="Remediation items from CSV files",
    role="metrics",
    writes=IncidentAction,
    settings=ActionFileSettings,
    deliver=deliver,
    check=check,
    every="1h",
)
