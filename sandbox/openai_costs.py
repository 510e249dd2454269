"""OpenAI's costs endpoint: what the bill says per day, in whole dollars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from sandbox.billing import BillLine, billed_ticks, decimal_text, openai_lines
from sandbox.buckets import add_groups, group_streams
from sandbox.company import Company
from sandbox.errors import invalid_request
from sandbox.openai_query import OpenAIQuery
from sandbox.timeline import HOURS_PER_DAY, SECONDS_PER_HOUR

COST_DIMENSIONS = ("project_id", "line_item", "api_key_id")
COST_FILTERS: Mapping[str, None] = {"project_ids": None, "api_key_ids": None}

API_KEY_COSTS_SINCE = 1764979200
"""2025-12-06T00:00:00Z: the vendor refuses costs by api key for windows that start earlier."""

_DAY_SECONDS = HOURS_PER_DAY * SECONDS_PER_HOUR
_USD_PLACES = 10


def cost_results(company: Company, query: OpenAIQuery, now: datetime) -> list[list[dict[str, Any]]]:
    """The results of every day of the page. ApiError 400 for api keys before they were recorded."""
    if "api_key_id" in query.group_by and query.start_time < API_KEY_COSTS_SINCE:
        raise invalid_request(
            f"Grouping by api_key_id is only available for a start_time of at least {API_KEY_COSTS_SINCE}.",
            "group_by",
            "invalid_value",
        )
    lines = tuple(line for line in openai_lines(company) if _selected(line, query))
    if not lines or not query.span.count:
        return [[] for _ in range(query.span.count)]
    values = [_dimensions(line) for line in lines]
    groups, first = group_streams([tuple(value[name] for name in query.group_by) for value in values])
    day = query.span.start // _DAY_SECONDS
    counts, ticks = billed_ticks(company, lines, day, query.span.count, now)
    quantities, amounts = add_groups(np.stack([counts, ticks]), groups, len(first)).tolist()
    return [
        [
            _result(
                lines[position], values[position], query.group_by, amounts[group][bucket], quantities[group][bucket]
            )
            for group, position in enumerate(first)
            if amounts[group][bucket]
        ]
        for bucket in range(query.span.count)
    ]


def _selected(line: BillLine, query: OpenAIQuery) -> bool:
    stream = line.stream
    projects, keys = query.filters.get("project_ids"), query.filters.get("api_key_ids")
    return (projects is None or stream.project_id in projects) and (keys is None or stream.api_key_id in keys)


def _dimensions(line: BillLine) -> dict[str, str | None]:
    return {
        "project_id": line.stream.project_id,
        "line_item": line.label,
        "api_key_id": line.stream.api_key_id,
    }


def _result(
    line: BillLine, values: Mapping[str, str | None], group_by: tuple[str, ...], ticks: int, count: int
) -> dict[str, Any]:
    by_item = "line_item" in group_by
    return {
        "object": "organization.costs.result",
        "amount": {"value": decimal_text(ticks, _USD_PLACES), "currency": "usd"},
        **{name: values[name] if name in group_by else None for name in COST_DIMENSIONS},
        "quantity": _number(count * line.units_per_count) if by_item else None,
        "quantity_unit": line.unit if by_item else None,
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
