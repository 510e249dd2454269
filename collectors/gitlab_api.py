"""GitLab's REST API: where it is, and which projects are read."""

from urllib.parse import quote

from pydantic import Field

from collectors.base import Endpoint
from collectors.safe_url import SafeUrl
from collectors.tracker_settings import TrackerSettings


class GitLabSettings(TrackerSettings):
    """`projects` as group/name, or their numbers. `api_key`: a token with the scope read_api."""

    base_url: SafeUrl = "https://gitlab.com/api/v4"
    projects: tuple[str, ...] = Field(min_length=1)


def endpoint(settings: TrackerSettings) -> Endpoint:
    """The REST API of GitLab.com or of your own server."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"PRIVATE-TOKEN": "{secret}"},
        credential="token",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def project_path(project: str, what: str) -> str:
    """The path of what a project has, such as its deployments."""
    return f"/projects/{quote(project, safe='')}/{what}"
