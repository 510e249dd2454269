"""GitHub issues as defects. Grain: one issue; pull requests are none.

An issue belongs to the window it was created in. The last 90 days are read again by every run, and the days of issues
that are open however old they are. How often one was reopened is unknown.
"""

from collections.abc import Iterator
from functools import partial

from collectors.base import Api, Source
from collectors.defect_rows import DefectSettings, Ticket, defect_row
from collectors.fields import Row, count, list_of, optional_time, part, required_text, rfc3339_time, row_of, text
from collectors.github_api import GitHubSettings, endpoint
from collectors.linked_pages import linked_rows, readable
from domain.window import Window
from store.tables import Defect


class GitHubIssueSettings(GitHubSettings, DefectSettings):
    """`labels`: only issues that have all of these. `duplicates` and `declined` also match the reason of closing."""

    labels: tuple[str, ...] = ()


def collect(window: Window, api: Api) -> Iterator[Defect]:
    """Issues that were created in the window. Raises CollectorError.

    GitHub filters by the last change only, which is never before the creation: all since the window's start are
    listed, oldest first, up to the first that was created after its end.
    """
    settings: GitHubIssueSettings = api.settings
    for repository in settings.repositories:
        path = f"/repos/{repository}/issues"
        rows = linked_rows(api, path, _query(settings, window))
        issues = (row for row in rows if "pull_request" not in row)
        seen: set[str] = set()
        for ticket in readable(api, f"{repository} issue", issues, "number", partial(_ticket, api, repository)):
            if ticket.reported_at >= window.end:
                break
            if ticket.reported_at >= window.start and ticket.key not in seen:
                seen.add(ticket.key)
                yield defect_row(api, ticket)


def check(api: Api) -> None:
    """Asks for one issue of each repository."""
    for repository in api.settings.repositories:
        api.http.get_linked(f"/repos/{repository}/issues", [("per_page", "1")])


def _query(settings: GitHubIssueSettings, window: Window) -> list[tuple[str, str]]:
    query = [
        ("state", "all"),
        ("since", f"{window.start:%Y-%m-%dT%H:%M:%SZ}"),
        ("sort", "created"),
        ("direction", "asc"),
        ("per_page", "100"),
    ]
    return [("labels", ",".join(settings.labels)), *query] if settings.labels else query


def _ticket(api: Api, repository: str, row: Row) -> Ticket:
    where = f"{api.name} /repos/{repository}/issues"
    labels = [_label(label, where) for label in list_of(row, "labels", where)]
    kind = text(part(row, "type", where), "name", where)
    return Ticket(
        key=f"{repository}#{count(row, 'number', where)}",
        reported_at=rfc3339_time(row, "created_at", where),
        names=(*labels, *([kind] if kind else []), repository),
        is_open=required_text(row, "state", where) == "open",
        resolution=text(row, "state_reason", where),
        resolved_at=optional_time(row, "closed_at", where),
        url=text(row, "html_url", where),
    )


def _label(label: object, where: str) -> str:
    return label if isinstance(label, str) else required_text(row_of(label, where), "name", where)


SOURCE = Source(
    name="github_issues",
    title="GitHub issues",
    role="metrics",
    writes=Defect,
    settings=GitHubIssueSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="90d",
    chunk="366d",
)
