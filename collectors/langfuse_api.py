"""Reads Langfuse's scores: version 3 of its API, or version 2 where a server of one's own is older.

Comments, metadata and what was asked and answered are not looked at.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from pydantic import Field

from collectors.base import Api, Endpoint, SourceSettings
from collectors.errors import DataError
from collectors.fields import Row, count, list_of, part, parts, required_text, rfc3339_time, row_of, text
from collectors.refusals import RefusedError
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from domain.window import Window

log = logging.getLogger(__name__)

V3, V2 = "/api/public/v3/scores", "/api/public/v2/scores"
CONFIGS = "/api/public/score-configs"
PAGE = 100
"""The most that either version gives."""
WITHOUT_V3 = (404, 405)

Scales = dict[str, tuple[float, float]]
"""Id of a score config → the least and the largest value of its scores."""


class LangfuseSettings(SourceSettings):
    """`api_key` holds public key and secret key of one project as pk-lf-…:sk-lf-…. `environments`: the ones to keep;
    without any all are."""

    api_key: SecretReference
    base_url: SafeUrl = "https://cloud.langfuse.com"
    environments: tuple[str, ...] = ()
    max_requests_per_second: float = Field(default=10.0, gt=0, le=1000)


def endpoint(settings: LangfuseSettings) -> Endpoint:
    """Langfuse Cloud in Europe, unless told; America's is https://us.cloud.langfuse.com."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "Basic {secret_base64}"},
        credential="pair of keys",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


@dataclass(frozen=True, slots=True)
class Score:
    """One score; `trace_id` is None where it is about a session, a data set run or nothing that is named."""

    score_id: str
    name: str
    data_type: str
    value: Any
    source: str
    at: datetime
    environment: str
    config_id: str | None
    trace_id: str | None

    @property
    def number(self) -> float:
        """The value of a NUMERIC or BOOLEAN score. Raises DataError for what is no number."""
        if not isinstance(self.value, (bool, int, float)) or not isfinite(self.value):
            raise DataError(f"the value {self.value!r:.60} is no number")
        return float(self.value)


def scores(api: Api, window: Window) -> Iterator[Score]:
    """Every score of the window, once, in the wanted environments. Raises CollectorError."""
    seen: set[str] = set()
    for score in _all(api, window):
        wanted = not api.settings.environments or score.environment in api.settings.environments
        if wanted and score.score_id not in seen and window.start <= score.at < window.end:
            seen.add(score.score_id)
            yield score


def check(api: Api, window: Window) -> None:
    """Asks for the scores of a short window."""
    next(_all(api, window), None)


def scales(api: Api) -> Scales:
    """The ends of each numeric score config's scale by its id; left out where an end is open. Raises CollectorError."""
    where = f"{api.name} {CONFIGS}"
    found: Scales = {}
    for config in _numbered(api, CONFIGS, []):
        low, high = config.get("minValue"), config.get("maxValue")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low < high:
            found[required_text(config, "id", where)] = (float(low), float(high))
    return found


def _all(api: Api, window: Window) -> Iterator[Score]:
    span = [("fromTimestamp", _utc(window.start)), ("toTimestamp", _utc(window.end))]
    try:
        first = _page(api, V3, [("limit", str(PAGE)), ("fields", "subject,details"), *span])
    except RefusedError as error:
        if error.status not in WITHOUT_V3:
            raise
        log.info("%s: the server has no version 3 of scores, so version 2 is read", api.name)
        yield from (_score(row, f"{api.name} {V2}") for row in _numbered(api, V2, span))
        return
    yield from (_score(row, f"{api.name} {V3}") for row in _by_cursor(api, first, span))


def _by_cursor(api: Api, page: Row, span: Sequence[tuple[str, str]]) -> Iterator[Row]:
    where = f"{api.name} {V3}"
    seen: set[str] = set()
    while True:
        yield from (row_of(row, where) for row in list_of(page, "data", where))
        cursor = text(part(page, "meta", where), "cursor", where)
        if cursor is None:
            return
        if cursor in seen:
            raise DataError(f"{where}: the cursor came twice, so the list would never end")
        seen.add(cursor)
        page = _page(api, V3, [("limit", str(PAGE)), ("cursor", cursor), ("fields", "subject,details"), *span])


def _numbered(api: Api, path: str, params: Sequence[tuple[str, str]]) -> Iterator[Row]:
    where, number = f"{api.name} {path}", 1
    while True:
        page = _page(api, path, [("page", str(number)), ("limit", str(PAGE)), *params])
        yield from parts(page, "data", where)
        if number >= count(part(page, "meta", where), "totalPages", where):
            return
        number += 1


def _page(api: Api, path: str, params: Sequence[tuple[str, str]]) -> Row:
    return row_of(api.http.get(path, params), f"{api.name} {path}")


def _score(row: Row, where: str) -> Score:
    subject = part(row, "subject", where)
    own = text(subject, "id", where) if subject.get("kind") == "trace" else None
    return Score(
        score_id=required_text(row, "id", where),
        name=required_text(row, "name", where),
        data_type=required_text(row, "dataType", where),
        value=row.get("value"),
        source=required_text(row, "source", where),
        at=rfc3339_time(row, "timestamp", where),
        environment=text(row, "environment", where) or "default",
        config_id=text(row, "configId", where),
        trace_id=text(subject, "traceId", where) or own or text(row, "traceId", where),
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
