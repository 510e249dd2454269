"""What sources of Jira need of an issue: what it is called, how far it has come, and when."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from collectors.base import Api
from collectors.errors import DataError
from collectors.fields import Row, list_of, optional_time, part, parts, required_text, rfc3339_time, text
from collectors.jira_api import DONE, SEARCH, Move, found_issues, moves_of
from collectors.linked_pages import readable
from domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue without its words. `names` are its labels, components, type and project."""

    key: str
    created_at: datetime
    status: str
    is_done: bool
    names: tuple[str, ...]
    resolution: str | None
    priority: str | None
    closed_at: datetime | None
    """When its resolution was set, as Jira says."""
    moves: Sequence[Move]

    @property
    def done_at(self) -> datetime | None:
        """When it last came to an end; None while it goes on, or when nothing tells."""
        if not self.is_done:
            return None
        ends = [move.at for move in self.moves if move.is_done and not move.was_done]
        return max(ends, default=self.closed_at)

    @property
    def reopened_count(self) -> int:
        """How often it came back."""
        return sum(move.was_done is True and move.is_done is False for move in self.moves)

    def first_in(self, statuses: Collection[str]) -> datetime | None:
        """When it first was in one of these statuses, whatever their case; its creation when it began there."""
        wanted = {status.casefold() for status in statuses}
        began_as = self.moves[0].from_name if self.moves else self.status
        if began_as.casefold() in wanted:
            return self.created_at
        return next((move.at for move in self.moves if move.to_name.casefold() in wanted), None)


def issues(window: Window, api: Api) -> Iterator[Issue]:
    """The issues that were created in the window, with their histories. Raises CollectorError.

    One that is not as its contract says is set aside under its key.
    """
    read = list(_kept(window, readable(api, "issue", found_issues(window, api), "key", partial(_times, api))))
    moves = moves_of(api, [row for _, row in read])
    yield from readable(api, "issue", [row for _, row in read], "key", partial(_issue, api, moves))


def _times(api: Api, row: Row) -> tuple[datetime, Row]:
    where = f"{api.name} {SEARCH}"
    return rfc3339_time(part(row, "fields", where), "created", where), row


def _kept(window: Window, read: Iterator[tuple[datetime, Row]]) -> Iterator[tuple[datetime, Row]]:
    return (one for one in read if window.start <= one[0] < window.end)


def _issue(api: Api, moves: dict[str, list[Move]], row: Row) -> Issue:
    where = f"{api.name} {SEARCH}"
    key, fields = required_text(row, "key", where), part(row, "fields", where)
    status = part(fields, "status", where)
    kind = text(part(fields, "issuetype", where), "name", where)
    components = [required_text(one, "name", where) for one in parts(fields, "components", where)]
    return Issue(
        key=key,
        created_at=rfc3339_time(fields, "created", where),
        status=required_text(status, "name", where),
        is_done=required_text(part(status, "statusCategory", where), "key", where) == DONE,
        names=(*_labels(fields, where), *components, *([kind] if kind else []), key.partition("-")[0]),
        resolution=text(part(fields, "resolution", where), "name", where),
        priority=text(part(fields, "priority", where), "name", where),
        closed_at=optional_time(fields, "resolutiondate", where),
        moves=moves.get(required_text(row, "id", where), []),
    )


def _labels(fields: Row, where: str) -> list[str]:
    labels = list_of(fields, "labels", where) if fields.get("labels") is not None else []
    if not all(isinstance(label, str) for label in labels):
        raise DataError(f"{where}: labels hold what is no text")
    return labels
