"""Anthropic usage of messages. Grain: hour × workspace × account × API key × model × tier × context window × region.

The report has no request count, so `request_count` stays NULL. Web searches are rows of their own with the
service `web_search`. An empty API key is Console traffic. Recent buckets are revised and the last one is still
filling, so the lookback reads them again.
"""

from collections.abc import Iterator
from decimal import Decimal

from collectors.anthropic_reports import (
    PROVIDER,
    AnthropicUsageSettings,
    buckets,
    endpoint,
    report_query,
    workspace,
)
from collectors.attribution_key import attribution_key
from collectors.base import Api, Source
from collectors.buckets import HOUR, bucket_span, within
from collectors.errors import DataError
from collectors.fields import Row, count, optional_count, text
from domain.window import Window, floor_hour
from store.tables import TokenUsage

PATH = "/v1/organizations/usage_report/messages"
GROUPS = (
    "account_id",
    "api_key_id",
    "workspace_id",
    "model",
    "service_tier",
    "context_window",
    "inference_geo",
)
MESSAGES, WEB_SEARCH = "messages", "web_search"
UNKNOWN_REGION = "not_available"
"""The vendor's word for a region it does not know."""


def collect(window: Window, api: Api) -> Iterator[TokenUsage]:
    """Rows of every hour that starts in `window`. Raises CollectorError."""
    span = bucket_span(window, HOUR, api.now)
    if span is None:
        return
    where = f"{api.name} {PATH}"
    query = report_query(span, HOUR, "1h", api.settings.page_buckets, GROUPS)
    for hour, results in within(buckets(api, PATH, query), span, where):
        for result in results:
            yield _tokens(result, hour, api.name, api.settings.account, where)
            searches = _searches(result, where)
            if searches:
                yield _web_searches(searches, result, hour, api.name, api.settings.account, where)


def check(api: Api) -> None:
    """Asks for the last full hour."""
    now = api.now.replace(microsecond=0)
    running = Window(floor_hour(now) - HOUR, now)
    for _ in buckets(api, PATH, report_query(running, HOUR, "1h", 1, ())):
        return


def _tokens(row: Row, hour: Window, source: str, account_id: str, where: str) -> TokenUsage:
    written = row.get("cache_creation")
    if not isinstance(written, dict):
        raise DataError(f"{where}: a row has no object cache_creation, so its cache writes are unknown")
    usage = _row(MESSAGES, row, hour, source, account_id, where)
    usage.uncached_input_tokens = count(row, "uncached_input_tokens", where)
    usage.cache_read_input_tokens = count(row, "cache_read_input_tokens", where)
    usage.cache_write_5m_input_tokens = count(written, "ephemeral_5m_input_tokens", where)
    usage.cache_write_1h_input_tokens = count(written, "ephemeral_1h_input_tokens", where)
    usage.output_tokens = count(row, "output_tokens", where)
    return usage


def _searches(row: Row, where: str) -> int | None:
    tools = row.get("server_tool_use")
    if tools is None:
        return None
    if not isinstance(tools, dict):
        raise DataError(f"{where}: server_tool_use is {type(tools).__name__}, not an object")
    return optional_count(tools, "web_search_requests", where)


def _web_searches(searches: int, row: Row, hour: Window, source: str, account_id: str, where: str) -> TokenUsage:
    usage = _row(WEB_SEARCH, row, hour, source, account_id, where)
    usage.quantity = Decimal(searches)
    usage.unit = "calls"
    return usage


def _row(service: str, row: Row, hour: Window, source: str, account_id: str, where: str) -> TokenUsage:
    project_id = workspace(row, where)
    api_key_id = text(row, "api_key_id", where)
    user_id = text(row, "account_id", where)
    model = text(row, "model", where)
    region = text(row, "inference_geo", where)
    return TokenUsage(
        source=source,
        started_at=hour.start,
        ended_at=hour.end,
        provider=PROVIDER,
        account_id=account_id,
        service=service,
        attribution_key=attribution_key(PROVIDER, account_id, project_id, api_key_id, user_id, model, service),
        project_id=project_id,
        api_key_id=api_key_id,
        user_id=user_id,
        model=model,
        service_tier=text(row, "service_tier", where),
        context_window=text(row, "context_window", where),
        region=None if region == UNKNOWN_REGION else region,
    )


SOURCE = Source(
    name="anthropic_usage",
    title="Anthropic usage",
    role="usage",
    writes=TokenUsage,
    settings=AnthropicUsageSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="7d",
    chunk="7d",
    provider=PROVIDER,
)
