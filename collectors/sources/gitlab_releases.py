"""GitLab deployments as releases. Grain: one deployment of one environment; cancelled ones are none.

A deployment belongs to the window it was created in; the last 30 days are read again by every run, so one that is
pending for longer stays pending. It is released when its job ended well; one that no job made, when it last changed.
"""

from collections.abc import Iterator
from functools import partial

from collectors.base import Api, Source
from collectors.errors import DataError
from collectors.fields import Row, count, optional_time, part, required_text, rfc3339_time, text
from collectors.gitlab_api import GitLabSettings, endpoint, project_path
from collectors.linked_pages import linked_rows, readable
from collectors.release_rows import FAILED, MARGIN, PENDING, RELEASED, Deployment, ReleaseSettings, Result, release_rows
from domain.window import Window
from store.tables import Release

STATES = {"created": PENDING, "running": PENDING, "blocked": PENDING, "success": RELEASED, "failed": FAILED}
CANCELED = ("canceled", "skipped")


class GitLabReleaseSettings(GitLabSettings, ReleaseSettings):
    """`environments` are names, not tiers."""


def collect(window: Window, api: Api) -> Iterator[Release]:
    """Deployments that were created in the window. Raises CollectorError."""
    settings: GitLabReleaseSettings = api.settings
    for project in settings.projects:
        for environment in settings.environments:
            results = _newest_first(api, project, environment, window)
            yield from release_rows(api, window, list(results), results.__getitem__)


def check(api: Api) -> None:
    """Asks for one deployment of each project."""
    for project in api.settings.projects:
        api.http.get_linked(project_path(project, "deployments"), [("per_page", "1")])


def _newest_first(api: Api, project: str, environment: str, window: Window) -> dict[Deployment, Result]:
    """Those before the window's end, and how they went."""
    path = project_path(project, "deployments")
    query = [("environment", environment), ("order_by", "created_at"), ("sort", "desc"), ("per_page", "100")]
    rows = (row for row in linked_rows(api, path, query) if row.get("status") not in CANCELED)
    where = f"{api.name} {path}"
    found: dict[str, tuple[Deployment, Result]] = {}
    read = partial(_read, project, environment, where)
    for one, result in readable(api, f"{project} deployment", rows, "id", read):
        if one.created_at < window.start - MARGIN:
            break
        if one.created_at < window.end:
            found.setdefault(one.key, (one, result))
    return dict(found.values())


def _read(project: str, environment: str, where: str, row: Row) -> tuple[Deployment, Result]:
    state = required_text(row, "status", where)
    if state not in STATES:
        raise DataError(f"{where}: the status {state!r} is none of {', '.join([*STATES, *CANCELED])}")
    job = part(row, "deployable", where)
    ended_at = optional_time(job, "finished_at", where) or optional_time(row, "updated_at", where)
    deployment = Deployment(
        key=f"{project}#{count(row, 'id', where)}",
        place=project,
        environment=environment,
        created_at=rfc3339_time(row, "created_at", where),
        ref=required_text(row, "ref", where),
        sha=required_text(row, "sha", where),
    )
    status = STATES[state]
    if status == RELEASED and ended_at is None:
        raise DataError(f"{where}: deployment {row['id']} succeeded, but neither its job nor itself says when")
    return deployment, Result(status, ended_at if status == RELEASED else None, text(job, "web_url", where))


SOURCE = Source(
    name="gitlab_releases",
    title="GitLab deployments",
    role="metrics",
    writes=Release,
    settings=GitLabReleaseSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="30d",
    chunk="92d",
)
