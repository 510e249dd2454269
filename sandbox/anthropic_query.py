"""What an Anthropic usage or cost report request asks for, checked the way the vendor checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.buckets import WIDTH_SECONDS
from sandbox.errors import invalid_request
from sandbox.paging import REPEATED_CURSOR, Span, decode_cursor, page_span, query_digest

Limits = Mapping[str, tuple[int, int]]
"""Bucket width → (default limit, highest limit), in buckets."""

USAGE_LIMITS: Limits = {"1d": (7, 31), "1h": (24, 168), "1m": (60, 1440)}
COST_LIMITS: Limits = {"1d": (7, 31)}

_SINGLE = ("starting_at", "ending_at", "bucket_width", "limit", "page")


@dataclass(frozen=True)
class AnthropicQuery:
    span: Span
    group_by: tuple[str, ...]
    filters: Mapping[str, frozenset[str]]
    """Filter parameter (without brackets) → accepted values; absent if not sent."""
    digest: str


def parse_anthropic_query(
    items: Sequence[tuple[str, str]],
    now: datetime,
    *,
    limits: Limits,
    group_by: Sequence[str],
    filters: Mapping[str, str],
) -> AnthropicQuery:
    """Read the query string; arrays only with brackets. ApiError 400 names the parameter at fault."""
    single, arrays = _sort_parameters(items, filters)
    if "starting_at" not in single:
        raise invalid_request("starting_at: Field required")
    start = _timestamp("starting_at", single["starting_at"])
    width_name = single.get("bucket_width", "1d")
    if width_name not in limits:
        raise invalid_request(f"bucket_width: Input should be {_quoted(list(limits))}")
    width = WIDTH_SECONDS[width_name]
    end = _report_end(single.get("ending_at"), start, width, int(now.timestamp()))
    limit = _limit(single.get("limit"), limits[width_name])
    chosen = tuple(dict.fromkeys(arrays.pop("group_by", [])))
    for dimension in chosen:
        if dimension not in group_by:
            raise invalid_request(f"group_by: Input should be {_quoted(group_by)}")
    digest = query_digest(items)
    first = start - start % width
    if single.get("page", REPEATED_CURSOR) != REPEATED_CURSOR:
        try:
            first, end = decode_cursor(single["page"], digest)
        except ValueError as error:
            raise invalid_request(f"page: {error}") from error
    return AnthropicQuery(
        span=page_span(first, end, width, limit),
        group_by=chosen,
        filters={name: frozenset(values) for name, values in arrays.items()},
        digest=digest,
    )


def _sort_parameters(
    items: Sequence[tuple[str, str]], filters: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    single: dict[str, str] = {}
    arrays: dict[str, list[str]] = {}
    for key, value in items:
        name = key.removesuffix("[]")
        if key.endswith("[]") and (name == "group_by" or name in filters):
            arrays.setdefault(name, []).append(value)
        elif key in _SINGLE:
            single[key] = value
        else:
            raise invalid_request(f"{key}: Extra inputs are not permitted")
    return single, arrays


def _timestamp(name: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_request(f"{name}: Input should be a valid RFC 3339 datetime") from None
    if moment.tzinfo is None:
        raise invalid_request(f"{name}: Input should be a datetime with a time zone")
    return int(moment.timestamp())


def _report_end(text: str | None, start: int, width: int, now: int) -> int:
    """The report holds buckets that end by `ending_at`; without it, also the running one."""
    running_bucket_end = now - now % width + width
    if text is None:
        return running_bucket_end
    end = _timestamp("ending_at", text)
    if end <= start:
        raise invalid_request("ending_at: must be after starting_at")
    return min(end - end % width, running_bucket_end)


def _limit(text: str | None, bounds: tuple[int, int]) -> int:
    default, highest = bounds
    if text is None:
        return default
    if not text.lstrip("-").isdigit():
        raise invalid_request("limit: Input should be a valid integer")
    if int(text) > highest:
        raise invalid_request(f"limit: Input should be less than or equal to {highest}")
    if int(text) < 1:
        raise invalid_request("limit: Input should be greater than or equal to 1")
    return int(text)


def _quoted(choices: Sequence[str]) -> str:
    return " or ".join(f"'{choice}'" for choice in choices)
