"""GitLab issues as defects. Grain: one issue.

An issue belongs to the window it was created in. The last 90 days are read again by every run, and the days of issues
that are open however old they are. How often one was reopened is unknown; a duplicate is told by a label.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from collectors.base import Api, Source
from collectors.defect_rows import DefectSettings, Ticket, defect_row
from collectors.errors import DataError
from collectors.fields import Row, count, list_of, optional_time, required_text, rfc3339_time, text
from collectors.gitlab_api import GitLabSettings, endpoint, project_path
from collectors.linked_pages import linked_rows, readable
from domain.window import Window
from store.tables import Defect

SECOND = timedelta(seconds=1)


class GitLabIssueSettings(GitLabSettings, DefectSettings):
    """`labels`: only issues that have all of these."""

    labels: tuple[str, ...] = ()


def collect(window: Window, api: Api) -> Iterator[Defect]:
    """Issues that were created in the window; a second more is asked for at both ends. Raises CollectorError."""
    settings: GitLabIssueSettings = api.settings
    query = [
        ("created_after", f"{window.start - SECOND:%Y-%m-%dT%H:%M:%SZ}"),
        ("created_before", f"{window.end + SECOND:%Y-%m-%dT%H:%M:%SZ}"),
        ("scope", "all"),
        ("order_by", "created_at"),
        ("sort", "asc"),
        ("per_page", "100"),
    ]
    if settings.labels:
        query.append(("labels", ",".join(settings.labels)))
    for project in settings.projects:
        rows = linked_rows(api, project_path(project, "issues"), query)
        seen: set[str] = set()
        for ticket in readable(api, f"{project} issue", rows, "iid", partial(_ticket, api, project)):
            if window.start <= ticket.reported_at < window.end and ticket.key not in seen:
                seen.add(ticket.key)
                yield defect_row(api, ticket)


def check(api: Api) -> None:
    """Asks for one issue of each project."""
    for project in api.settings.projects:
        api.http.get_linked(project_path(project, "issues"), [("per_page", "1")])


def _ticket(api: Api, project: str, row: Row) -> Ticket:
    where = f"{api.name} {project_path(project, 'issues')}"
    labels = list_of(row, "labels", where)
    if not all(isinstance(label, str) for label in labels):
        raise DataError(f"{where}: issue {row.get('iid')} has labels that are no text")
    kind = text(row, "issue_type", where)
    return Ticket(
        key=f"{project}#{count(row, 'iid', where)}",
        reported_at=rfc3339_time(row, "created_at", where),
        names=(*labels, *([kind] if kind else []), project),
        is_open=required_text(row, "state", where) == "opened",
        priority=text(row, "severity", where),
        resolved_at=optional_time(row, "closed_at", where),
        url=text(row, "web_url", where),
    )


SOURCE = Source(
    name="gitlab_issues",
    title="GitLab issues",
    role="metrics",
    writes=Defect,
    settings=GitLabIssueSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="90d",
    chunk="366d",
)
