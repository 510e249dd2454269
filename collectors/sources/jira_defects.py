"""Jira issues as defects. Grain: one issue.

A defect belongs to the window it was created in. The last 90 days are read again by every run, and the days of open
ones however old they are. It was resolved when it last came into a status of the category done; each time it left one
again it was reopened.
"""

from collections.abc import Iterator

from collectors.base import Api, Source
from collectors.defect_rows import DefectSettings, Ticket, defect_row
from collectors.jira_api import JiraSettings, check, endpoint
from collectors.jira_issues import issues
from domain.window import Window
from store.tables import Defect


class JiraDefectSettings(JiraSettings, DefectSettings):
    """`jql`, such as "issuetype = Bug", says which issues are defects."""


def collect(window: Window, api: Api) -> Iterator[Defect]:
    """Defects that were created in the window. Raises CollectorError."""
    for issue in issues(window, api):
        ticket = Ticket(
            key=issue.key,
            reported_at=issue.created_at,
            names=issue.names,
            is_open=not issue.is_done,
            resolution=issue.resolution,
            priority=issue.priority,
            resolved_at=issue.done_at,
            reopened_count=issue.reopened_count,
            url=api.settings.url_of(issue.key),
        )
        yield defect_row(api, ticket)


SOURCE = Source(
    name="jira_defects",
    title="Jira defects",
    role="metrics",
    writes=Defect,
    settings=JiraDefectSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="90d",
    chunk="731d",
)
