"""Experiments of one LaunchDarkly environment. Grain: one experiment; its iterations are counted.

An experiment belongs to the moment it was created. What its latest started iteration says decides: a winner other than
the baseline is won, the baseline is lost, and one that stopped without a winner is inconclusive. An experiment that
was archived before it began is aborted. Reasons and hypotheses are not kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import Field

from collectors.base import Api, Endpoint, Source
from collectors.errors import DataError
from collectors.experiment_settings import CHUNK, LOOKBACK, ExperimentSettings
from collectors.fields import Row, count, list_of, part, parts, required_text, row_of, text
from collectors.safe_url import SafeUrl
from domain.window import Window
from store.tables import Experiment

VERSION = "20240415"
PAGE = "20"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LaunchDarklySettings(ExperimentSettings):
    """`project` and `environment` are their keys. Accounts in Europe live at https://app.eu.launchdarkly.com."""

    base_url: SafeUrl = "https://app.launchdarkly.com"
    project: str = Field(default="default", min_length=1)
    environment: str = Field(default="production", min_length=1)


def endpoint(settings: LaunchDarklySettings) -> Endpoint:
    """The REST API; an access token with the role Reader is enough, an SDK key does not work."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "{secret}", "LD-API-Version": VERSION},
        credential="access token",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def collect(window: Window, api: Api) -> Iterator[Experiment]:
    """Experiments that were created in the window. Raises CollectorError."""
    where = f"{api.name} {_path(api.settings)}"
    seen: set[str] = set()
    for row in _experiments(api, where):
        key = required_text(row, "key", where)
        if key not in seen and window.start <= _time(row, "_creationDate", where) < window.end:
            seen.add(key)
            yield _experiment(api, row, key, where)


def check(api: Api) -> None:
    """Asks for one experiment."""
    page = row_of(api.http.get(_path(api.settings), [("limit", "1")]), api.name)
    list_of(page, "items", f"{api.name} {_path(api.settings)}")


def _path(settings: LaunchDarklySettings) -> str:
    project, environment = quote(settings.project, safe=""), quote(settings.environment, safe="")
    return f"/api/v2/projects/{project}/environments/{environment}/experiments"


def _experiments(api: Api, where: str) -> Iterator[Row]:
    """Every experiment of any state, page by page, by the address that each page names."""
    path = _path(api.settings)
    params = [
        ("limit", PAGE),
        ("offset", "0"),
        ("expand", "previousIterations,draftIteration,treatments"),
        ("lifecycleState", "active,archived"),
    ]
    asked: set[str] = set()
    while True:
        page = row_of(api.http.get(path, params), where)
        yield from (row_of(row, where) for row in list_of(page, "items", where))
        following = text(part(part(page, "_links", where), "next", where), "href", where)
        if following is None:
            return
        parsed = urlsplit(following)
        if parsed.netloc or not parsed.path.startswith("/") or following in asked:
            raise DataError(f"{where}: the list continues at {following!r:.60}, which cannot be its next page")
        asked.add(following)
        path, params = parsed.path, parse_qsl(parsed.query)


def _experiment(api: Api, row: Row, key: str, where: str) -> Experiment:
    iterations = [*parts(row, "previousIterations", where), part(row, "currentIteration", where)]
    started = [one for one in iterations if one.get("startedAt") is not None]
    started.sort(key=lambda one: count(one, "startedAt", where))
    latest = started[-1] if started else {}
    runs = latest.get("status") == "running"
    ended_at = None if runs or latest.get("endedAt") is None else _time(latest, "endedAt", where)
    outcome = _outcome(latest, where)
    experiment = Experiment(
        source=api.name,
        experiment_id=text(row, "_id", where) or key,
        created_at=_time(row, "_creationDate", where),
        status=_status(row, latest, where),
        started_at=_time(started[0], "startedAt", where) if started else None,
        ended_at=ended_at,
        decided_at=ended_at if outcome else None,
        outcome=outcome,
        iteration_count=len(started),
    )
    owned: Experiment = api.settings.own(experiment, key, [str(tag) for tag in row.get("tags") or []])
    if owned.outcome == "aborted":
        owned.ended_at = owned.decided_at = _time(row, "archivedDate", where)
    return owned


def _status(row: Row, latest: Mapping[str, Any], where: str) -> str:
    if row.get("archivedDate") is not None:
        return "archived"
    if not latest:
        return "draft"
    told = required_text(latest, "status", where)
    if told not in ("running", "stopped"):
        raise DataError(f"{where}: an iteration that was started has the status {told!r:.60}")
    return told


def _outcome(latest: Mapping[str, Any], where: str) -> str | None:
    """What a stopped iteration decided; None while it runs, or where its winner is none of its treatments."""
    if latest.get("status") != "stopped":
        return None
    winner = text(latest, "winningTreatmentId", where)
    if winner is None:
        return "inconclusive"
    found = [one for one in parts(latest, "treatments", where) if one.get("_id") == winner]
    return _won_or_lost(found)


def _won_or_lost(winners: Sequence[Row]) -> str | None:
    if not winners:
        return None
    return "lost" if winners[0].get("baseline") is True else "won"


def _time(row: Row, name: str, where: str) -> datetime:
    """LaunchDarkly counts milliseconds."""
    try:
        return EPOCH + timedelta(milliseconds=count(row, name, where))
    except OverflowError:
        raise DataError(f"{where}: {name} is no time") from None


SOURCE = Source(
    name="launchdarkly",
    title="LaunchDarkly experiments",
    role="metrics",
    writes=Experiment,
    settings=LaunchDarklySettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
