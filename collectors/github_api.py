"""GitHub's REST API: where it is, and which repositories are read."""

from typing import Annotated

from pydantic import Field

from collectors.base import Endpoint
from collectors.safe_url import SafeUrl
from collectors.tracker_settings import TrackerSettings

VERSION = "2022-11-28"
"""Supported until March 2028 at least; the next version renames fields."""

Repository = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]


class GitHubSettings(TrackerSettings):
    """`repositories` as owner/name. Servers of your own: `base_url = "https://github.example.com/api/v3"`."""

    base_url: SafeUrl = "https://api.github.com"
    repositories: tuple[Repository, ...] = Field(min_length=1)


def endpoint(settings: TrackerSettings) -> Endpoint:
    """The REST API; a fine-grained token that may read the repositories is enough."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={
            "Authorization": "Bearer {secret}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
        },
        credential="token",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )
