"""Jira issues as requests for compliance evidence. Grain: one issue.

A request belongs to the window it was created in. The last 90 days are read again by every run, and the days of those
not delivered however old they are. It was delivered when it last came into a status of the category done; whether it
was complete is what its resolution says.
"""

from collections.abc import Iterator

from pydantic import Field

from collectors.base import Api, Source
from collectors.jira_api import JiraSettings, check, endpoint
from collectors.jira_issues import Issue, issues
from collectors.owners import matches
from domain.window import Window
from store.tables import EvidenceRequest


class JiraEvidenceSettings(JiraSettings):
    """`complete` and `incomplete`: globs of resolutions; another one leaves it unknown. `frameworks`: glob of a label
    or component → name of the framework."""

    complete: tuple[str, ...] = ("done", "delivered", "complete")
    incomplete: tuple[str, ...] = ("incomplete", "won't do", "declined")
    frameworks: dict[str, str] = Field(default_factory=dict)


def collect(window: Window, api: Api) -> Iterator[EvidenceRequest]:
    """Requests that were created in the window. Raises CollectorError."""
    settings: JiraEvidenceSettings = api.settings
    for issue in issues(window, api):
        owner = settings.owner_of(issue.names)
        yield EvidenceRequest(
            source=api.name,
            request_id=issue.key,
            requested_at=issue.created_at,
            delivered_at=issue.done_at,
            is_complete=_is_complete(settings, issue),
            framework=next((name for glob, name in settings.frameworks.items() if matches(glob, issue.names)), None),
            feature=owner.feature,
            team=owner.team,
            url=settings.url_of(issue.key),
        )


def _is_complete(settings: JiraEvidenceSettings, issue: Issue) -> bool | None:
    """None while it is not delivered, too."""
    if not issue.is_done or issue.resolution is None:
        return None
    if any(matches(glob, (issue.resolution,)) for glob in settings.complete):
        return True
    return False if any(matches(glob, (issue.resolution,)) for glob in settings.incomplete) else None


SOURCE = Source(
    name="jira_evidence",
    title="Jira evidence requests",
    role="metrics",
    writes=EvidenceRequest,
    settings=JiraEvidenceSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="90d",
    chunk="731d",
)
