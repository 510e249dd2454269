"""Experiments from GrowthBook. Grain: one experiment; its phases are counted.

An experiment belongs to the moment it was created. It began with its first phase and ended with its last; what its
result summary says is the outcome, and one that did not finish (dnf) is aborted. Conclusions and reasons are not kept.
"""

from collections.abc import Iterator

from collectors.base import Api, Endpoint, Source
from collectors.errors import DataError
from collectors.experiment_settings import CHUNK, LOOKBACK, ExperimentSettings
from collectors.fields import Row, list_of, optional_time, part, parts, required_text, rfc3339_time, row_of, text
from collectors.safe_url import SafeUrl
from domain.window import Window
from store.tables import Experiment

PATH = "/v1/experiments"
PAGE = 100
"""The most that the API gives at once."""
OUTCOMES = {"won": "won", "lost": "lost", "inconclusive": "inconclusive", "dnf": "aborted"}


class GrowthBookSettings(ExperimentSettings):
    """A server of one's own has its API at http://host:3100/api."""

    base_url: SafeUrl = "https://api.growthbook.io/api"


def endpoint(settings: GrowthBookSettings) -> Endpoint:
    """The REST API; a secret key with the role readonly is enough. It takes 60 requests a minute."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "Bearer {secret}"},
        credential="secret key",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def collect(window: Window, api: Api) -> Iterator[Experiment]:
    """Experiments that were created in the window, archived ones included. Raises CollectorError."""
    where, offset, more = f"{api.name} {PATH}", 0, True
    seen: set[str] = set()
    while more:
        page = row_of(api.http.get(PATH, [("limit", str(PAGE)), ("offset", str(offset))]), where)
        rows = [row_of(row, where) for row in list_of(page, "experiments", where)]
        more = page.get("hasMore") is True
        if more and not rows:
            raise DataError(f"{where}: an empty page says there is more, so the list would never end")
        offset += len(rows)
        for row in rows:
            key = required_text(row, "id", where)
            if key not in seen and window.start <= rfc3339_time(row, "dateCreated", where) < window.end:
                seen.add(key)
                yield _experiment(api, row, key, where)


def check(api: Api) -> None:
    """Asks for one experiment."""
    list_of(row_of(api.http.get(PATH, [("limit", "1")]), api.name), "experiments", f"{api.name} {PATH}")


def _experiment(api: Api, row: Row, key: str, where: str) -> Experiment:
    phases = parts(row, "phases", where)
    starts = [moment for phase in phases if (moment := optional_time(phase, "dateStarted", where))]
    ends = [moment for phase in phases if (moment := optional_time(phase, "dateEnded", where))]
    told = required_text(row, "status", where)
    if told not in ("draft", "running", "stopped"):
        raise DataError(f"{where}: the status {told!r:.60} is none of draft, running, stopped")
    ended_at = max(ends, default=None) if told == "stopped" else None
    outcome = (
        OUTCOMES.get(text(part(row, "resultSummary", where), "status", where) or "") if told == "stopped" else None
    )
    experiment = Experiment(
        source=api.name,
        experiment_id=key,
        created_at=rfc3339_time(row, "dateCreated", where),
        status="archived" if row.get("archived") is True else told,
        started_at=min(starts, default=None) if told != "draft" else None,
        ended_at=ended_at,
        decided_at=ended_at if outcome else None,
        outcome=outcome,
        iteration_count=len(starts) if told != "draft" else 0,
    )
    name = text(row, "trackingKey", where) or key
    owned: Experiment = api.settings.own(experiment, name, [str(tag) for tag in row.get("tags") or []])
    return owned


SOURCE = Source(
    name="growthbook",
    title="GrowthBook experiments",
    role="metrics",
    writes=Experiment,
    settings=GrowthBookSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
