"""Linear issues as defects. Grain: one issue; what is in the bin is none.

An issue belongs to the window it was created in. The last 90 days are read again by every run, and the days of open
ones however old they are. How often one was reopened is unknown.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from collectors.base import Api, Endpoint, Source
from collectors.defect_rows import DefectSettings, Gravity, Ticket, defect_row
from collectors.errors import DataError, RetriableError
from collectors.fields import Row, list_of, optional_time, part, parts, required_text, rfc3339_time, row_of, text
from collectors.linked_pages import readable
from collectors.safe_url import SafeUrl
from domain.window import Window
from store.tables import Defect

PATH = "/graphql"
PAGE = 100
LIMITED = "RATELIMITED"

QUESTION = """
query($first: Int!, $after: String, $filter: IssueFilter!) {
  issues(first: $first, after: $after, orderBy: createdAt, includeArchived: true, filter: $filter) {
    nodes {
      identifier url priority createdAt completedAt canceledAt trashed
      state { type } team { key } labels(first: 20) { nodes { name } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

OPEN_STATES = ("triage", "backlog", "unstarted", "started")
ENDED = {"completed": None, "canceled": "canceled", "duplicate": "duplicate"}
"""State type → how it ended, in the words of `declined` and `duplicates`."""
PRIORITIES: dict[int, Gravity] = {1: "critical", 2: "high", 3: "medium", 4: "low"}
"""0 is none."""


class LinearSettings(DefectSettings):
    """`labels`: issues that have one of these; `teams`: keys of teams. `oauth`: the key is a token of an app."""

    base_url: SafeUrl = "https://api.linear.app"
    labels: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    oauth: bool = False
    max_requests_per_second: float = Field(default=1.0, gt=0, le=1000)


def endpoint(settings: LinearSettings) -> Endpoint:
    """The GraphQL API; a personal key goes as it is, a token of an app as a bearer."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "Bearer {secret}" if settings.oauth else "{secret}"},
        credential="API key",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def collect(window: Window, api: Api) -> Iterator[Defect]:
    """Issues that were created in the window. Raises CollectorError."""
    rows = (row for row in _rows(api, _filter(api.settings, window)) if row.get("trashed") is not True)
    seen: set[str] = set()
    for ticket in readable(api, "issue", rows, "identifier", lambda row: _ticket(api, row)):
        if window.start <= ticket.reported_at < window.end and ticket.key not in seen:
            seen.add(ticket.key)
            yield defect_row(api, ticket)


def check(api: Api) -> None:
    """Asks for one issue."""
    _page(api, {"first": 1, "after": None, "filter": {}})


def _filter(settings: LinearSettings, window: Window) -> dict[str, Any]:
    wanted: dict[str, Any] = {"createdAt": {"gte": window.start.isoformat(), "lt": window.end.isoformat()}}
    if settings.labels:
        wanted["labels"] = {"some": {"name": {"in": list(settings.labels)}}}
    if settings.teams:
        wanted["team"] = {"key": {"in": list(settings.teams)}}
    return wanted


def _rows(api: Api, wanted: dict[str, Any]) -> Iterator[Row]:
    where = f"{api.name} {PATH}"
    after: str | None = None
    seen: set[str] = set()
    while True:
        page = _page(api, {"first": PAGE, "after": after, "filter": wanted})
        yield from (row_of(node, where) for node in list_of(page, "nodes", where))
        position = part(page, "pageInfo", where)
        if position.get("hasNextPage") is not True:
            return
        after = required_text(position, "endCursor", where)
        if after in seen:
            raise DataError(f"{where}: the page cursor came twice, so the list would never end")
        seen.add(after)


def _page(api: Api, variables: dict[str, Any]) -> Row:
    where = f"{api.name} {PATH}"
    answer = row_of(api.http.ask_json(PATH, {"query": QUESTION, "variables": variables}), where)
    for error in parts(answer, "errors", where):
        told = text(error, "message", where) or "no reason given"
        if part(error, "extensions", where).get("code") == LIMITED:
            raise RetriableError(f"{where}: the key has used up its limit ({told}); the next run tries again")
        raise DataError(
            f"{where}: Linear did not answer the question ({told}); check labels, teams and the key's rights"
        )
    return part(part(answer, "data", where), "issues", where)


def _ticket(api: Api, row: Row) -> Ticket:
    where = f"{api.name} {PATH}"
    state = required_text(part(row, "state", where), "type", where)
    if state not in OPEN_STATES and state not in ENDED:
        raise DataError(f"{where}: the state {state!r} is none of {', '.join([*OPEN_STATES, *ENDED])}")
    labels = [required_text(label, "name", where) for label in parts(part(row, "labels", where), "nodes", where)]
    return Ticket(
        key=required_text(row, "identifier", where),
        reported_at=rfc3339_time(row, "createdAt", where),
        names=(*labels, required_text(part(row, "team", where), "key", where)),
        is_open=state in OPEN_STATES,
        resolution=ENDED.get(state),
        priority=_priority(row, where),
        resolved_at=optional_time(row, "completedAt", where) or optional_time(row, "canceledAt", where),
        url=text(row, "url", where),
    )


def _priority(row: Row, where: str) -> Gravity | None:
    value = row.get("priority")
    if value is None:
        return None
    if type(value) not in (int, float) or value not in (0, *PRIORITIES):
        raise DataError(f"{where}: priority is {value!r} where 0 to 4 belongs")
    return PRIORITIES.get(int(value))


SOURCE = Source(
    name="linear_defects",
    title="Linear defects",
    role="metrics",
    writes=Defect,
    settings=LinearSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="90d",
    chunk="366d",
)
