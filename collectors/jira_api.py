"""Jira Cloud's REST API: bounded searches page by page, and the status changes of what they found."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from collectors.base import Api, Endpoint
from collectors.errors import DataError
from collectors.fields import Row, list_of, parts, required_text, rfc3339_time, row_of, text
from collectors.tracker_settings import TrackerSettings
from domain.window import Window

SEARCH = "/rest/api/3/search/jql"
CHANGES = "/rest/api/3/changelog/bulkfetch"
STATUSES = "/rest/api/3/status"

PAGE = 100
LARGEST_PAGES = 1000
"""A page may be short or empty while more follow, so this is what ends a search that never does."""
LARGEST_BULK = 1000
"""Issues of one question about changes."""

ZONE_MARGIN = timedelta(hours=24)
"""JQL reads times in the zone of the key's own user, whichever that is."""

FIELDS = ("created", "status", "resolution", "resolutiondate", "labels", "components", "issuetype", "priority")
DONE = "done"

ProjectKey = Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]


class JiraSettings(TrackerSettings):
    """`base_url` is your site; `api_key` user:token, or an OAuth token with `auth = "bearer"` and
    https://api.atlassian.com/ex/jira/<cloud id>. `jql`: a condition added to `projects`, without ORDER BY."""

    auth: Literal["basic", "bearer"] = "basic"
    projects: tuple[ProjectKey, ...] = Field(min_length=1)
    jql: str | None = None

    @field_validator("jql")
    @classmethod
    def _is_condition(cls, value: str | None) -> str | None:
        if value is not None and re.search(r"\border\s+by\b", value, re.IGNORECASE):
            raise ValueError("write the condition without ORDER BY: the order is set for reading page by page")
        return value

    def search(self, window: Window) -> str:
        """The JQL for everything that was created in the window, in any zone."""
        projects = ", ".join(f'"{project}"' for project in self.projects)
        condition = f" AND ({self.jql})" if self.jql else ""
        start, end = window.start - ZONE_MARGIN, window.end + ZONE_MARGIN + timedelta(minutes=1)
        span = f'created >= "{start:%Y/%m/%d %H:%M}" AND created < "{end:%Y/%m/%d %H:%M}"'
        return f"project in ({projects}){condition} AND {span} ORDER BY created ASC, key ASC"

    def url_of(self, key: str) -> str | None:
        """The page of an issue; None where the API has another address than the site."""
        return None if "/ex/jira/" in self.base_url else f"{self.base_url.rstrip('/')}/browse/{key}"


def endpoint(settings: JiraSettings) -> Endpoint:
    """The REST API of the site."""
    form = "Bearer {secret}" if settings.auth == "bearer" else "Basic {secret_base64}"
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": form},
        credential="token" if settings.auth == "bearer" else "user and token",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """One change of status. `was_done` and `is_done` are None for a status that no longer exists."""

    at: datetime
    from_name: str
    to_name: str
    was_done: bool | None
    is_done: bool | None


def check(api: Api) -> None:
    """Asks for one issue of the last day."""
    window = Window(api.now - timedelta(days=1), api.now)
    body = {"jql": api.settings.search(window), "fields": ["created"], "maxResults": 1}
    list_of(row_of(api.http.ask_json(SEARCH, body), api.name), "issues", f"{api.name} {SEARCH}")


def found_issues(window: Window, api: Api) -> list[Row]:
    """Every issue of the search, once. Raises CollectorError."""
    where = f"{api.name} {SEARCH}"
    body: dict[str, Any] = {"jql": api.settings.search(window), "fields": list(FIELDS), "maxResults": PAGE}
    found: dict[str, Row] = {}
    for page in _pages(api, SEARCH, body):
        for item in list_of(page, "issues", where):
            row = row_of(item, where)
            found.setdefault(required_text(row, "id", where), row)
    return list(found.values())


def moves_of(api: Api, issues: Sequence[Row]) -> dict[str, list[Move]]:
    """Issue id → its changes of status, oldest first; issues without one are missing. Raises CollectorError."""
    where = f"{api.name} {CHANGES}"
    ids = [required_text(issue, "id", where) for issue in issues]
    categories = _categories(api) if ids else {}
    found: dict[str, list[Move]] = defaultdict(list)
    for first in range(0, len(ids), LARGEST_BULK):
        body = {"issueIdsOrKeys": ids[first : first + LARGEST_BULK], "fieldIds": ["status"], "maxResults": 1000}
        for page in _pages(api, CHANGES, body):
            for log in parts(page, "issueChangeLogs", where):
                moves = [
                    move for one in parts(log, "changeHistories", where) for move in _moves(one, categories, where)
                ]
                found[required_text(log, "issueId", where)] += moves
    return {issue: sorted(moves, key=lambda move: move.at) for issue, moves in found.items()}


def _pages(api: Api, path: str, body: dict[str, Any]) -> Iterator[Row]:
    where = f"{api.name} {path}"
    seen: set[str] = set()
    position: dict[str, str] = {}
    for _ in range(LARGEST_PAGES):
        page = row_of(api.http.ask_json(path, body | position), where)
        yield page
        token = text(page, "nextPageToken", where)
        if token is None:
            return
        if token in seen:
            raise DataError(f"{where}: the page token came twice, so the list would never end")
        seen.add(token)
        position = {"nextPageToken": token}
    raise DataError(f"{where}: after {LARGEST_PAGES:,} pages there is still more; narrow the search by jql")


def _categories(api: Api) -> dict[str, str]:
    where = f"{api.name} {STATUSES}"
    listed = api.http.get(STATUSES)
    if not isinstance(listed, list):
        raise DataError(f"{where}: the answer is {type(listed).__name__}, not a list")
    rows = [row_of(item, where) for item in listed]
    return {
        required_text(row, "id", where): required_text(row_of(row.get("statusCategory"), where), "key", where)
        for row in rows
    }


def _moves(history: Row, categories: dict[str, str], where: str) -> Iterator[Move]:
    for item in parts(history, "items", where):
        if item.get("fieldId", "status") == "status":
            yield Move(
                at=_moment(history, where),
                from_name=text(item, "fromString", where) or "",
                to_name=text(item, "toString", where) or "",
                was_done=_is_done(item.get("from"), categories),
                is_done=_is_done(item.get("to"), categories),
            )


def _is_done(status: Any, categories: dict[str, str]) -> bool | None:
    category = categories.get(str(status))
    return None if category is None else category == DONE


def _moment(history: Row, where: str) -> datetime:
    """Milliseconds since 1970 or ISO 8601: the vendor is said to send either."""
    created = history.get("created")
    if type(created) is int:
        try:
            return datetime.fromtimestamp(created / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            raise DataError(f"{where}: created is {created} where a time belongs") from None
    return rfc3339_time(history, "created", where)
