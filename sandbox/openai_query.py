"""What an OpenAI usage or costs request asks for, checked the way the vendor checks it."""

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
COSTS_LIMITS: Limits = {"1d": (7, 180)}

_SINGLE = ("start_time", "end_time", "bucket_width", "limit", "page")


@dataclass(frozen=True)
class OpenAIQuery:
    span: Span
    group_by: tuple[str, ...]
    filters: Mapping[str, frozenset[str]]
    """Filter parameter → accepted values; a parameter that was not sent is absent."""
    batch: bool | None
    digest: str
    start_time: int


def parse_openai_query(
    items: Sequence[tuple[str, str]],
    now: datetime,
    *,
    limits: Limits,
    group_by: Sequence[str],
    filters: Mapping[str, Sequence[str] | None],
    takes_batch: bool = False,
) -> OpenAIQuery:
    """Read the query string. `filters` maps each accepted filter to its allowed values (None: any).

    Arrays come as repeated keys or with `[]`; both spellings are seen in working clients. ApiError 400 names
    the parameter at fault.
    """
    single, arrays = _sort_parameters(items, filters, takes_batch)
    start = _timestamp(single, "start_time")
    if start is None:
        raise invalid_request("Missing required parameter: 'start_time'.", "start_time", "missing_required_parameter")
    current = int(now.timestamp())
    end = _timestamp(single, "end_time")
    if end is not None and end > current:
        raise invalid_request("Invalid end_time: it must not be in the future.", "end_time", "invalid_value")
    if start > current:
        raise invalid_request("Invalid start_time: it must not be in the future.", "start_time", "invalid_value")
    if end is not None and end <= start:
        raise invalid_request("Invalid end_time: it must be after start_time.", "end_time", "invalid_value")
    width_name = single.get("bucket_width", "1d")
    if width_name not in limits:
        raise _not_allowed("bucket_width", width_name, list(limits))
    limit = _limit(single.get("limit"), limits[width_name])
    chosen = tuple(dict.fromkeys(arrays.pop("group_by", [])))
    for dimension in chosen:
        if dimension not in group_by:
            raise _not_allowed("group_by", dimension, group_by)
    for name, values in arrays.items():
        allowed = filters[name]
        for value in values:
            if allowed is not None and value not in allowed:
                raise _not_allowed(name, value, allowed)
    digest = query_digest((key.removesuffix("[]"), value) for key, value in items)
    width = WIDTH_SECONDS[width_name]
    first, last = start - start % width, current if end is None else end
    if single.get("page", REPEATED_CURSOR) != REPEATED_CURSOR:
        try:
            first, last = decode_cursor(single["page"], digest)
        except ValueError as error:
            raise invalid_request(str(error), "page", "invalid_value") from error
    return OpenAIQuery(
        span=page_span(first, last, width, limit),
        group_by=chosen,
        filters={name: frozenset(values) for name, values in arrays.items()},
        batch=_boolean(single["batch"]) if "batch" in single else None,
        digest=digest,
        start_time=start,
    )


def _sort_parameters(
    items: Sequence[tuple[str, str]], filters: Mapping[str, Sequence[str] | None], takes_batch: bool
) -> tuple[dict[str, str], dict[str, list[str]]]:
    single: dict[str, str] = {}
    arrays: dict[str, list[str]] = {}
    for raw_key, value in items:
        key = raw_key.removesuffix("[]")
        if key == "group_by" or key in filters:
            arrays.setdefault(key, []).append(value)
        elif raw_key in _SINGLE or (takes_batch and raw_key == "batch"):
            single[raw_key] = value
        else:
            raise invalid_request(f"Unknown parameter: '{raw_key}'.", raw_key, "unknown_parameter")
    return single, arrays


def _timestamp(single: Mapping[str, str], name: str) -> int | None:
    if name not in single:
        return None
    if not single[name].isdigit():
        raise invalid_request(f"Invalid type for '{name}': expected Unix seconds as an integer.", name, "invalid_type")
    return int(single[name])


def _limit(text: str | None, bounds: tuple[int, int]) -> int:
    default, highest = bounds
    if text is None:
        return default
    if not text.lstrip("-").isdigit():
        raise invalid_request("Invalid type for 'limit': expected an integer.", "limit", "invalid_type")
    limit = int(text)
    if limit > highest:
        raise invalid_request(
            f"Invalid limit provided: {limit}. Limit must be less than or equal to {highest}.",
            "limit",
            "invalid_value",
        )
    if limit < 1:
        raise invalid_request(
            f"Invalid limit provided: {limit}. Limit must be greater than or equal to 1.",
            "limit",
            "invalid_value",
        )
    return limit


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise _not_allowed("batch", text, ("true", "false"))
    return text == "true"


def _not_allowed(name: str, value: str, allowed: Sequence[str]) -> Exception:
    choices = ", ".join(f"'{choice}'" for choice in allowed)
    return invalid_request(f"Invalid value: '{value}'. Supported values are: {choices}.", name, "invalid_value")
