"""Jira issues as specifications. Grain: one issue.

A specification belongs to the window it was created in. The last 90 days are read again by every run, and the days of
those not done however old they are. It was approved when it first came into one of `approved_statuses`; one that never
was has no date, and counts in no lead time. One that was given up has the status `declined`, whatever Jira calls it.
"""

from collections.abc import Iterator

from pydantic import Field

from collectors.base import Api, Source
from collectors.defect_rows import DECLINED
from collectors.jira_api import JiraSettings, check, endpoint
from collectors.jira_issues import Issue, issues
from collectors.owners import matches
from domain.window import Window
from store.tables import Spec


class JiraSpecSettings(JiraSettings):
    """`approved_statuses`: names of the statuses that say somebody has approved it, whatever their case. `declined`:
    globs of resolutions, and of statuses of the category done, that say it was given up."""

    approved_statuses: tuple[str, ...] = Field(min_length=1)
    declined: tuple[str, ...] = (
        "won't do",
        "won't fix",
        "declined",
        "rejected",
        "cancelled",
        "canceled",
        "duplicate",
        "withdrawn",
        "abandoned",
    )


def collect(window: Window, api: Api) -> Iterator[Spec]:
    """Specifications that were created in the window. Raises CollectorError."""
    settings: JiraSpecSettings = api.settings
    for issue in issues(window, api):
        owner = settings.owner_of(issue.names)
        yield Spec(
            source=api.name,
            spec_id=issue.key,
            created_at=issue.created_at,
            status=DECLINED if _is_declined(settings, issue) else issue.status,
            feature=owner.feature,
            team=owner.team,
            approved_at=issue.first_in(settings.approved_statuses),
            done_at=issue.done_at,
            url=settings.url_of(issue.key),
        )


def _is_declined(settings: JiraSpecSettings, issue: Issue) -> bool:
    words = (issue.status, issue.resolution) if issue.resolution else (issue.status,)
    return issue.is_done and any(matches(glob, words) for glob in settings.declined)


SOURCE = Source(
    name="jira_specs",
    title="Jira specifications",
    role="metrics",
    writes=Spec,
    settings=JiraSpecSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="90d",
    chunk="731d",
)
