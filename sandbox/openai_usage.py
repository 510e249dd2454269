"""OpenAI's ten usage endpoints: which dimensions and counts each reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.buckets import add_groups, bucket_counts, group_streams
from sandbox.catalog import OPENAI
from sandbox.company import Company
from sandbox.openai_query import OpenAIQuery
from sandbox.streams import Stream
from sandbox.traffic import STORAGE_BLOCK_BYTES, Measure

Counts = Sequence[int]
Fields = dict[str, int]


@dataclass(frozen=True)
class UsageEndpoint:
    path: str
    """Last part of the path; also the name of the company's streams it reports."""
    result: str
    """Middle of the result's `object` name; not always the path."""
    dimensions: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...] | None]
    fields: Callable[[Counts], Fields]
    takes_batch: bool = False


def _completions(counts: Counts) -> Fields:
    uncached, cached, output = counts[Measure.UNCACHED], counts[Measure.CACHE_READ], counts[Measure.OUTPUT]
    written = counts[Measure.CACHE_WRITE_5M] + counts[Measure.CACHE_WRITE_1H]
    return {
        "input_tokens": uncached + cached + written,
        "input_cached_tokens": cached,
        "input_cache_write_tokens": written,
        "input_uncached_tokens": uncached,
        "input_text_tokens": uncached,
        "input_cached_text_tokens": cached,
        "input_audio_tokens": 0,
        "input_cached_audio_tokens": 0,
        "input_image_tokens": 0,
        "input_cached_image_tokens": 0,
        "output_tokens": output,
        "output_text_tokens": output,
        "output_audio_tokens": 0,
        "output_image_tokens": 0,
        "num_model_requests": counts[Measure.REQUESTS],
    }


def _input_only(counts: Counts) -> Fields:
    return {"input_tokens": counts[Measure.UNCACHED], "num_model_requests": counts[Measure.REQUESTS]}


def _units(name: str, requests: str | None = "num_model_requests", per_count: int = 1) -> Callable[[Counts], Fields]:
    def fields(counts: Counts) -> Fields:
        row = {name: counts[Measure.QUANTITY] * per_count}
        if requests:
            row[requests] = counts[Measure.REQUESTS]
        return row

    return fields


_KEYED = ("project_id", "user_id", "api_key_id", "model")
_KEYED_FILTERS: Mapping[str, tuple[str, ...] | None] = {
    "project_ids": None,
    "user_ids": None,
    "api_key_ids": None,
    "models": None,
}
_PROJECT_FILTER: Mapping[str, tuple[str, ...] | None] = {"project_ids": None}

USAGE_ENDPOINTS: tuple[UsageEndpoint, ...] = (
    UsageEndpoint("completions", "completions", (*_KEYED, "batch", "service_tier"), _KEYED_FILTERS, _completions, True),
    UsageEndpoint("embeddings", "embeddings", _KEYED, _KEYED_FILTERS, _input_only),
    UsageEndpoint("moderations", "moderations", _KEYED, _KEYED_FILTERS, _input_only),
    UsageEndpoint(
        "images",
        "images",
        (*_KEYED, "size", "source"),
        {
            **_KEYED_FILTERS,
            "sources": ("image.generation", "image.edit", "image.variation"),
            "sizes": ("256x256", "512x512", "1024x1024", "1792x1792", "1024x1792"),
        },
        _units("images"),
    ),
    UsageEndpoint("audio_speeches", "audio_speeches", _KEYED, _KEYED_FILTERS, _units("characters")),
    UsageEndpoint("audio_transcriptions", "audio_transcriptions", _KEYED, _KEYED_FILTERS, _units("seconds")),
    UsageEndpoint(
        "vector_stores",
        "vector_stores",
        ("project_id",),
        _PROJECT_FILTER,
        _units("usage_bytes", None, STORAGE_BLOCK_BYTES),
    ),
    UsageEndpoint(
        "code_interpreter_sessions",
        "code_interpreter_sessions",
        ("project_id",),
        _PROJECT_FILTER,
        _units("num_sessions", None),
    ),
    UsageEndpoint(
        "file_search_calls",
        "file_searches",
        ("project_id", "user_id", "api_key_id", "vector_store_id"),
        {"project_ids": None, "user_ids": None, "api_key_ids": None, "vector_store_ids": None},
        _units("num_requests", None),
    ),
    UsageEndpoint(
        "web_search_calls",
        "web_searches",
        (*_KEYED, "context_level"),
        {**_KEYED_FILTERS, "context_levels": ("low", "medium", "high")},
        _units("num_requests"),
    ),
)


def usage_results(
    company: Company, endpoint: UsageEndpoint, query: OpenAIQuery, now: datetime
) -> list[list[dict[str, Any]]]:
    """The results of every bucket of the page; groups without usage have no row."""
    streams = [stream for stream in company.streams if _selected(stream, endpoint, query)]
    if not streams or not query.span.count:
        return [[] for _ in range(query.span.count)]
    values = [{name: _dimension(stream, name) for name in endpoint.dimensions} for stream in streams]
    keys = [tuple(value[name] for name in query.group_by) for value in values]
    groups, first = group_streams(keys)
    counts = bucket_counts(company, [stream.index for stream in streams], query.span, now)
    grouped = add_groups(counts, groups, len(first)).transpose(2, 1, 0).tolist()
    object_name = f"organization.usage.{endpoint.result}.result"
    shown = [
        {name: values[position][name] if name in query.group_by else None for name in endpoint.dimensions}
        for position in first
    ]
    fields = endpoint.fields
    return [
        [
            {"object": object_name, **fields(cells), **dimensions}
            for cells, dimensions in zip(bucket, shown, strict=True)
            if any(cells)
        ]
        for bucket in grouped
    ]


_FILTERED_DIMENSION = {
    "project_ids": "project_id",
    "user_ids": "user_id",
    "api_key_ids": "api_key_id",
    "models": "model",
    "sources": "source",
    "sizes": "size",
    "vector_store_ids": "vector_store_id",
    "context_levels": "context_level",
}


def _selected(stream: Stream, endpoint: UsageEndpoint, query: OpenAIQuery) -> bool:
    if stream.provider != OPENAI or stream.endpoint != endpoint.path:
        return False
    if query.batch is not None and (stream.tier == "batch") is not query.batch:
        return False
    return all(_dimension(stream, _FILTERED_DIMENSION[name]) in values for name, values in query.filters.items())


def _dimension(stream: Stream, name: str) -> str | bool | None:
    if name == "batch":
        return stream.tier == "batch"
    if name == "service_tier":
        return "priority" if stream.tier == "priority" else "default"
    owner = stream.traffic if name in ("source", "size", "context_level") else stream
    value: str | None = getattr(owner, name)
    return value
