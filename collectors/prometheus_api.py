"""Asks a Prometheus server, or what speaks its query API, for series of counts per step."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import Field

from collectors.base import Api, Endpoint, SourceSettings
from collectors.errors import DataError
from collectors.fields import Row, list_of, row_of
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from domain.slo.recipes import STEP
from domain.window import Window

log = logging.getLogger(__name__)

RANGE = "/api/v1/query_range"
INSTANT = "/api/v1/query"

Counts = dict[datetime, Decimal]
"""End of a step → the count of that step, as the server wrote it: NaN and infinities included."""


class PrometheusSettings(SourceSettings):
    """`base_url` may have a path (Mimir, Thanos). `api_key` is sent as `authorization` says, `{secret_base64}` for
    user:password; without it nothing is sent. `headers` are added as they are, such as X-Scope-OrgID."""

    base_url: SafeUrl
    api_key: SecretReference | None = None
    authorization: str = Field(default="Bearer {secret}", pattern=r"\{secret(_base64)?\}")
    headers: dict[str, str] = Field(default_factory=dict)
    backfill_days: int = Field(default=35, ge=1, le=3653)


class PrometheusSliSettings(PrometheusSettings):
    """`step`: how long a bucket is: five minutes where targets are scraped every minute, since a window needs several
    scrapes."""

    step: Literal["1m", "5m"] = "1m"


def endpoint(settings: PrometheusSettings) -> Endpoint:
    """The server, or the proxy that keeps it."""
    key = {"Authorization": settings.authorization} if settings.api_key else {}
    return Endpoint(settings.base_url, settings.api_key or "", {**settings.headers, **key}, "token")


@dataclass(slots=True)
class Series:
    """One series of an answer: its labels, and by the end of each step a count or the buckets of a native histogram.

    `buckets` are (left edge, right edge, count), not cumulative.
    """

    labels: Mapping[str, str]
    counts: Counts = field(default_factory=dict)
    buckets: dict[datetime, list[tuple[Decimal, Decimal, Decimal]]] = field(default_factory=dict)


def ask(api: Api, query: str, window: Window, step: timedelta) -> list[Series]:
    """The series of whole steps inside `window`, which begins and ends at a multiple of `step`.

    `increase(x[1m])` at T counts the minute that ends at T, so the first moment asked for is one step after the start.
    Raises RefusedError for a query that the server does not understand, CollectorError for what else goes wrong.
    """
    seconds = int(step.total_seconds())
    form = [
        ("query", query.replace(STEP, f"{seconds}s")),
        ("start", str(int((window.start + step).timestamp()))),
        ("end", str(int(window.end.timestamp()))),
        ("step", str(seconds)),
    ]
    where = f"{api.name} {RANGE}"
    answer = row_of(api.http.ask(RANGE, form), where)
    for warning in answer.get("warnings") or ():
        log.warning("%s: Prometheus says about %s: %s", api.name, query, warning)
    data = row_of(answer.get("data"), where)
    if data.get("resultType") != "matrix":
        raise DataError(f"{where}: the answer is a {data.get('resultType')!r}, not a matrix; write a query of counts")
    found = [_series(row_of(one, where), where) for one in list_of(data, "result", where)]
    for series in found:
        for moment in (*series.counts, *series.buckets):
            if not window.start < moment <= window.end or (moment - window.start) % step:
                raise DataError(f"{where}: a value of {moment:%Y-%m-%d %H:%M:%S} UTC was not asked for ({window})")
    return found


def try_out(api: Api, query: str, step: timedelta) -> None:
    """Has the server read a query. Raises CollectorError."""
    api.http.ask(INSTANT, [("query", query.replace(STEP, f"{int(step.total_seconds())}s"))])


def _series(row: Row, where: str) -> Series:
    labels = row_of(row.get("metric"), where)
    series = Series({name: str(value) for name, value in labels.items()})
    for moment, value in row.get("values") or ():
        series.counts[_time(moment, where)] = _number(value, where)
    for moment, histogram in row.get("histograms") or ():
        series.buckets[_time(moment, where)] = [
            (_number(left, where), _number(right, where), _number(count, where))
            for _, left, right, count in histogram.get("buckets") or ()
        ]
    return series


def _time(value: Any, where: str) -> datetime:
    if type(value) not in (int, float):
        raise DataError(f"{where}: a value has the time {value!r}, which is no number of seconds")
    return datetime.fromtimestamp(value, UTC)


def _number(value: Any, where: str) -> Decimal:
    """`+Inf`, `-Inf` and `NaN` are numbers to Decimal, too."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise DataError(f"{where}: a value is {value!r}, which is no number") from None
