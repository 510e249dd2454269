"""Requests of a LiteLLM proxy, from its spend log. Grain: one request.

A request belongs to the window it started in. The proxy writes its log behind the requests, so the last ten minutes
are not asked for yet, and the last day is read again. Its `spend` is an estimate at its own prices and is not loaded.
Prompts and answers are neither asked for nor kept.
"""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from collectors.base import Api, Endpoint, RequestSettings, Source
from collectors.errors import DataError, FatalError
from collectors.fields import Row, count, list_of, row_of
from collectors.litellm_pages import PATH, query, requests
from collectors.litellm_rows import GATEWAY, inference_request
from collectors.refusals import RefusedError
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from domain.window import Window, floor_day
from store.tables import InferenceRequest

SETTLED_AFTER = timedelta(minutes=10)
"""How far the log is behind the requests at most; what comes later is picked up when the day is read again."""
DAILY = "/user/daily/activity"
"""The proxy's own counts by day, which also runs when the log is switched off."""


class LiteLLMSettings(RequestSettings):
    """`tags`: names of request tags (`name:value`) to keep for attribution; `service_tag`: the one that names the
    service, `service` what a request without it belongs to. `accounts`: provider → billing account, as its bill has it.
    """

    base_url: SafeUrl
    api_key: SecretReference
    service: str = Field(default=GATEWAY, min_length=1)
    service_tag: str | None = Field(default=None, min_length=1)
    tags: tuple[str, ...] = ()
    accounts: dict[str, str] = Field(default_factory=dict)


def endpoint(settings: LiteLLMSettings) -> Endpoint:
    """The proxy itself; an internal user's key would show that user's requests only."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "Bearer {secret}"},
        credential="key of a proxy admin",
    )


def collect(window: Window, api: Api) -> Iterator[InferenceRequest]:
    """The requests that started in the window, in order of time. Raises CollectorError."""
    end = min(window.end, (api.now - SETTLED_AFTER).replace(microsecond=0))
    api.complete_to = max(end, window.start)
    if end <= window.start:
        return
    for row in requests(api, Window(window.start, end)):
        try:
            request = inference_request(api.name, row, api.settings)
        except DataError as error:
            api.set_aside(f"request {row['request_id']}", 1, str(error).removeprefix("the row: "))
            continue
        if window.start <= request.started_at < end:
            yield request


def check(api: Api) -> None:
    """Yesterday's log is there when the proxy counted requests on that day."""
    where = f"{api.name} {PATH}"
    end = floor_day(api.now)
    day = end - timedelta(days=1)
    logged = row_of(api.http.get(PATH, query(day, end, 1, 1)), where)
    if list_of(logged, "data", where):
        return
    counted = _counted(api, f"{day:%Y-%m-%d}")
    if counted:
        raise FatalError(
            f"{api.name}: the proxy counted {counted:,} requests on {day:%Y-%m-%d} but its spend log has none; "
            "set disable_spend_logs: false in its general_settings, or keep the log longer"
        )


def _counted(api: Api, day: str) -> int:
    """Requests of a day as the proxy adds them up, on the first page of them; 0 where it does not tell."""
    where = f"{api.name} {DAILY}"
    span: list[tuple[str, str]] = [("start_date", day), ("end_date", day), ("page", "1"), ("page_size", "1000")]
    try:
        page = row_of(api.http.get(DAILY, span), where)
    except RefusedError:
        return 0
    days: list[Row] = [row_of(row, where) for row in list_of(page, "results", where)]
    return sum(count(row_of(one.get("metrics"), where), "api_requests", where) for one in days)


SOURCE = Source(
    name="litellm",
    title="LiteLLM proxy",
    role="usage",
    writes=InferenceRequest,
    settings=LiteLLMSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="5m",
    lookback="1d",
    chunk="1d",
)
