"""GitHub deployments as releases. Grain: one deployment of one environment.

A deployment belongs to the window it was created in; the last 30 days are read again by every run, so one that is
pending for longer stays pending. It is released at its first success: that a later one made it inactive is no failure.
The list has no filter by time: it is read from its newest to a week before the window, and the statuses of each one in
the window are asked for. GitHub does not know who approved a specification.
"""

from collections.abc import Iterator
from functools import cache

from collectors.base import Api, Source
from collectors.fields import Row, count, required_text, rfc3339_time, text
from collectors.github_api import GitHubSettings, endpoint
from collectors.linked_pages import linked_rows, readable
from collectors.release_rows import FAILED, MARGIN, PENDING, RELEASED, Deployment, ReleaseSettings, Result, release_rows
from domain.window import Window
from store.tables import Release

PAGE = ("per_page", "100")
FAILURES = ("error", "failure")


class GitHubReleaseSettings(GitHubSettings, ReleaseSettings):
    """`api_key`: a token that may read deployments."""


def collect(window: Window, api: Api) -> Iterator[Release]:
    """Deployments that were created in the window. Raises CollectorError."""
    settings: GitHubReleaseSettings = api.settings
    for repository in settings.repositories:
        for environment in settings.environments:
            found = _newest_first(api, repository, environment, window)

            @cache
            def result_of(one: Deployment, repository: str = repository) -> Result:
                return _result(api, repository, one)

            yield from release_rows(api, window, found, result_of)


def check(api: Api) -> None:
    """Asks for one deployment of each repository."""
    for repository in api.settings.repositories:
        api.http.get_linked(f"/repos/{repository}/deployments", [("per_page", "1")])


def _newest_first(api: Api, repository: str, environment: str, window: Window) -> list[Deployment]:
    """Those before the window's end; new ones shift the list while it is read, so one may come twice."""
    path = f"/repos/{repository}/deployments"
    where = f"{api.name} {path}"

    def deployment(row: Row) -> Deployment:
        return Deployment(
            key=f"{repository}#{count(row, 'id', where)}",
            place=repository,
            environment=environment,
            created_at=rfc3339_time(row, "created_at", where),
            ref=required_text(row, "ref", where),
            sha=required_text(row, "sha", where),
            told=text(row, "description", where) or "",
        )

    rows = linked_rows(api, path, [("environment", environment), PAGE])
    found: dict[str, Deployment] = {}
    for one in readable(api, f"{repository} deployment", rows, "id", deployment):
        if one.created_at < window.start - MARGIN:
            break
        if one.created_at < window.end:
            found.setdefault(one.key, one)
    return list(found.values())


def _result(api: Api, repository: str, one: Deployment) -> Result:
    path = f"/repos/{repository}/deployments/{one.key.rpartition('#')[2]}/statuses"
    where = f"{api.name} {path}"
    rows = sorted(linked_rows(api, path, [PAGE]), key=lambda row: rfc3339_time(row, "created_at", where))
    told = [
        (rfc3339_time(row, "created_at", where), required_text(row, "state", where), text(row, "log_url", where))
        for row in rows
    ]
    for moment, state, url in told:
        if state == "success":
            return Result(RELEASED, moment, url)
    ended = [(state, url) for _, state, url in told if state != "inactive"]
    state, url = ended[-1] if ended else (PENDING, None)
    return Result(FAILED if state in FAILURES else PENDING, None, url)


SOURCE = Source(
    name="github_releases",
    title="GitHub deployments",
    role="metrics",
    writes=Release,
    settings=GitHubReleaseSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="30d",
    chunk="92d",
)
