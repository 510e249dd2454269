"""Exports of OpenTelemetry spans, and GenAI spans as fields of a request.

Names of today are known, and those that instrumentations still write.

Prompts, answers and tool definitions, which spans may hold, are not read.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from collectors.errors import DataError
from collectors.request_rows import OPERATION

SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    OPERATION: ("gen_ai.operation.name", "llm.request.type"),
    "provider": ("gen_ai.provider.name", "gen_ai.system"),
    "model": ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name"),
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
    "cache_read_input_tokens": ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
    "time_to_first_token_seconds": ("gen_ai.response.time_to_first_chunk",),
    "error_type": ("error.type",),
    "status_code": ("http.response.status_code", "http.status_code"),
}
"""Field → attributes of a span; the first that has a value counts."""
SERVICE = "service.name"
RENAMED = {
    "az.ai.openai": "azure.ai.openai",
    "az.ai.inference": "azure.ai.inference",
    "vertex_ai": "gcp.vertex_ai",
    "gemini": "gcp.gemini",
    "xai": "x_ai",
}
"""Providers as older instrumentations call them."""
FAILED = (2, "STATUS_CODE_ERROR")
UNNAMED_ERROR = "_OTHER"


def lines(file: Path) -> Iterator[str]:
    """The lines of a file that hold something. Raises DataError for one that cannot be read."""
    is_packed = file.name.lower().endswith(".gz")
    try:
        with gzip.open(file, "rt", encoding="utf-8") if is_packed else file.open(encoding="utf-8") as content:
            yield from (line for line in content if line.strip())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{file.name} cannot be read: {type(error).__name__}; deliver it again.") from None


def decoded(line: str) -> dict[str, Any]:
    """One export. Raises DataError."""
    try:
        content = json.loads(line)
    except ValueError:
        raise DataError("the line is not JSON") from None
    if not isinstance(content, dict):
        raise DataError("the line is not a JSON object")
    return content


def spans(exported: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each span of one export with the attributes of its resource. Raises DataError for what is no OTLP JSON."""
    for of_resource in _list(exported, "resourceSpans"):
        resource = attributes(_object(of_resource.get("resource") or {}))
        for of_scope in _list(of_resource, "scopeSpans"):
            yield from ((_object(span), resource) for span in _list(of_scope, "spans"))


def attributes(holder: Mapping[str, Any]) -> dict[str, Any]:
    """The plain attributes of a span or resource; lists and maps are left out."""
    found: dict[str, Any] = {}
    for item in holder.get("attributes") or []:
        value = item.get("value") or {}
        kind = next((kind for kind in ("stringValue", "intValue", "doubleValue", "boolValue") if kind in value), None)
        if kind is not None:
            found[str(item.get("key"))] = value[kind]
    return found


def fields(span: Mapping[str, Any], resource: Mapping[str, Any], feature_attribute: str | None) -> dict[str, Any]:
    """What a span says of its request, by field. Raises DataError for one without its times."""
    own = attributes(span)
    found = {field: _first(own, names) for field, names in ATTRIBUTES.items()}
    found["provider"] = RENAMED.get(str(found["provider"]), found["provider"])
    start, end = (nanoseconds(span, name) for name in ("startTimeUnixNano", "endTimeUnixNano"))
    if end < start:
        raise DataError("the span ends before it starts")
    found |= {"started_at_unix_nanoseconds": start, "duration_nanoseconds": end - start}
    found["service"] = resource.get(SERVICE)
    if feature_attribute:
        found["feature"] = own.get(feature_attribute) or resource.get(feature_attribute)
    if found["error_type"] is None and (span.get("status") or {}).get("code") in FAILED:
        found["error_type"] = UNNAMED_ERROR
    if found["status_code"] is None and str(found["error_type"]).isdigit():
        found["status_code"] = found["error_type"]
    read, given = found["cache_read_input_tokens"], found["input_tokens"]
    if read is not None and given is not None and int(read) > int(given):
        found["input_tokens"] = read
    return {field: value for field, value in found.items() if value is not None}


def _first(own: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((own[name] for name in names if own.get(name) not in (None, "")), None)


def nanoseconds(span: Mapping[str, Any], name: str) -> int:
    """A time of a span; OTLP JSON writes 64-bit numbers as text. Raises DataError."""
    try:
        return int(span[name])
    except (KeyError, TypeError, ValueError):
        raise DataError(f"{name} is missing or no number") from None


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = _object(holder).get(name)
    if not isinstance(value, list):
        raise DataError(f"the line has no list {name}, so it is no export of spans in OTLP JSON")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError("the line holds something else where OTLP JSON has an object")
    return value
