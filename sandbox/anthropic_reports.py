"""Anthropic's two reports: tokens of messages, and cost in fractional cents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.anthropic_query import AnthropicQuery
from sandbox.billing import BillLine, anthropic_lines, billed_ticks, decimal_text
from sandbox.buckets import add_groups, bucket_counts, group_streams
from sandbox.catalog import ANTHROPIC
from sandbox.company import Company
from sandbox.streams import Stream
from sandbox.timeline import HOURS_PER_DAY, SECONDS_PER_HOUR
from sandbox.traffic import Measure

USAGE_DIMENSIONS = (
    "account_id",
    "service_account_id",
    "api_key_id",
    "workspace_id",
    "model",
    "service_tier",
    "context_window",
    "inference_geo",
)
SPEED = "speed"
"""A dimension only with the fast-mode beta header; its field is absent otherwise."""

USAGE_FILTERS: Mapping[str, str] = {
    "account_ids": "account_id",
    "api_key_ids": "api_key_id",
    "workspace_ids": "workspace_id",
    "models": "model",
    "service_tiers": "service_tier",
    "service_account_ids": "service_account_id",
    "context_window": "context_window",
    "inference_geos": "inference_geo",
    "speeds": SPEED,
}
"""Filter parameter → dimension. `context_window` is singular in the vendor's API."""

COST_DIMENSIONS = ("workspace_id", "description")

_DESCRIBED = (
    "description",
    "cost_type",
    "token_type",
    "model",
    "service_tier",
    "context_window",
    "inference_geo",
)
_SERVICE_TIER = {"default": "standard", "batch": "batch", "priority": "priority"}
_CONTEXT_WINDOW, _INFERENCE_GEO = "0-200k", "global"
_DAY_SECONDS = HOURS_PER_DAY * SECONDS_PER_HOUR
_CENT_PLACES = 8
"""A tick of 1e-10 USD is 1e-8 cents."""


def message_results(company: Company, query: AnthropicQuery, now: datetime) -> list[list[dict[str, Any]]]:
    """Tokens of every bucket of the page. There is no request count in this report."""
    streams = [s for s in company.streams if s.provider == ANTHROPIC and s.endpoint == "messages"]
    values = {stream.index: _usage_dimensions(stream) for stream in streams}
    streams = [
        stream
        for stream in streams
        if all(values[stream.index][USAGE_FILTERS[name]] in wanted for name, wanted in query.filters.items())
    ]
    if not streams or not query.span.count:
        return [[] for _ in range(query.span.count)]
    keys = [tuple(values[stream.index][name] for name in query.group_by) for stream in streams]
    groups, first = group_streams(keys)
    counts = bucket_counts(company, [stream.index for stream in streams], query.span, now)
    grouped = add_groups(counts, groups, len(first)).transpose(2, 1, 0).tolist()
    names = (*USAGE_DIMENSIONS, SPEED) if SPEED in query.group_by else USAGE_DIMENSIONS
    shown = [
        {name: values[streams[position].index][name] if name in query.group_by else None for name in names}
        for position in first
    ]
    return [
        [{**_usage_fields(cells), **dimensions} for cells, dimensions in zip(bucket, shown, strict=True) if any(cells)]
        for bucket in grouped
    ]


def cost_results(company: Company, query: AnthropicQuery, now: datetime) -> list[list[dict[str, Any]]]:
    """The bill of every day of the page, without Priority Tier; `amount` is text in fractional cents."""
    lines = anthropic_lines(company)
    if not query.span.count:
        return []
    values = [_cost_dimensions(line) for line in lines]
    described = _DESCRIBED if "description" in query.group_by else ()
    named = (*(("workspace_id",) if "workspace_id" in query.group_by else ()), *described)
    groups, first = group_streams([tuple(value[name] for name in named) for value in values])
    _, ticks = billed_ticks(company, lines, query.span.start // _DAY_SECONDS, query.span.count, now)
    amounts = add_groups(ticks, groups, len(first)).tolist()
    shown = [
        {
            "currency": "USD",
            **{name: values[position][name] if name in named else None for name in ("workspace_id", *_DESCRIBED)},
        }
        for position in first
    ]
    return [
        [
            {"amount": decimal_text(amounts[group][bucket], _CENT_PLACES), **dimensions}
            for group, dimensions in enumerate(shown)
            if amounts[group][bucket]
        ]
        for bucket in range(query.span.count)
    ]


def _usage_fields(counts: list[int]) -> dict[str, Any]:
    return {
        "uncached_input_tokens": counts[Measure.UNCACHED],
        "cache_creation": {
            "ephemeral_5m_input_tokens": counts[Measure.CACHE_WRITE_5M],
            "ephemeral_1h_input_tokens": counts[Measure.CACHE_WRITE_1H],
        },
        "cache_read_input_tokens": counts[Measure.CACHE_READ],
        "output_tokens": counts[Measure.OUTPUT],
        "server_tool_use": {"web_search_requests": counts[Measure.QUANTITY]},
    }


def _usage_dimensions(stream: Stream) -> dict[str, str | None]:
    return {
        "account_id": None,
        "service_account_id": None,
        "api_key_id": stream.api_key_id,
        "workspace_id": stream.project_id,
        "model": stream.model,
        "service_tier": _SERVICE_TIER[stream.tier],
        "context_window": _CONTEXT_WINDOW,
        "inference_geo": _INFERENCE_GEO,
        SPEED: "standard",
    }


def _cost_dimensions(line: BillLine) -> dict[str, str | None]:
    of_tokens = line.cost_type == "tokens"
    return {
        "workspace_id": line.stream.project_id,
        "description": line.label,
        "cost_type": line.cost_type,
        "token_type": line.token_type,
        "model": line.model,
        "service_tier": _SERVICE_TIER[line.stream.tier] if of_tokens else None,
        "context_window": _CONTEXT_WINDOW if of_tokens else None,
        "inference_geo": _INFERENCE_GEO if of_tokens else None,
    }
