"""One row of LiteLLM's spend log as one request."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from collectors.errors import DataError
from collectors.fields import Row, optional_count, required_text, text
from domain.attribution import NO_ACCOUNT, Dimensions
from domain.provider import canonical_provider
from store.tables import InferenceRequest

GATEWAY = "litellm"
"""The provider of a request that the proxy refused itself."""
UNNAMED_ERROR = "failure"


def inference_request(source: str, row: Row, settings: Any) -> InferenceRequest:
    """The request that a row tells of. Raises DataError, whose sentence is the reason, for a row that tells none.

    A hit in the proxy's own cache has no tokens: no provider was asked. Input includes what was read from a provider's
    cache, and written to it.
    """
    details = _object(row, "metadata")
    started_at = _time(row, "startTime", required=True)
    assert started_at is not None
    provider = canonical_provider(text(row, "custom_llm_provider", "the row") or GATEWAY)
    tags = _tags(row, {*settings.tags, settings.service_tag})
    service = tags.pop(settings.service_tag, None)
    status_code, error_type = _fate(row, details)
    dimensions = Dimensions(
        provider=provider,
        account_id=settings.accounts.get(provider, NO_ACCOUNT),
        project_id=text(row, "team_id", "the row"),
        api_key_id=text(row, "api_key", "the row"),
        user_id=text(row, "user", "the row"),
        model=_model(row, provider),
        service=service or settings.service,
        tags=json.dumps(tags, sort_keys=True, separators=(",", ":")) if tags else None,
    )
    return InferenceRequest(
        source=source,
        started_at=started_at,
        attribution_key=dimensions.key(),
        provider=provider,
        account_id=settings.accounts.get(provider, NO_ACCOUNT),
        service=service or settings.service,
        model=dimensions.model,
        project_id=dimensions.project_id,
        api_key_id=dimensions.api_key_id,
        user_id=dimensions.user_id,
        tags=dimensions.tags,
        status_code=status_code,
        error_type=error_type,
        **_tokens(row, details),
        **_seconds(row, started_at),
    )


def _tokens(row: Row, details: Mapping[str, Any]) -> dict[str, Any]:
    if str(row.get("cache_hit")).lower() == "true":
        return {"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 0}
    read = _cached(details)
    given = optional_count(row, "prompt_tokens", "the row")
    return {
        "input_tokens": given if given is None or read is None else max(given, read),
        "cache_read_input_tokens": read,
        "output_tokens": optional_count(row, "completion_tokens", "the row"),
    }


def _cached(details: Mapping[str, Any]) -> int | None:
    more = details.get("additional_usage_values")
    if isinstance(more, dict) and more.get("cache_read_input_tokens") is not None:
        return optional_count(more, "cache_read_input_tokens", "the row's additional_usage_values")
    usage = details.get("usage_object")
    parts = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    return optional_count(parts, "cached_tokens", "the row's usage_object") if isinstance(parts, dict) else None


def _seconds(row: Row, started_at: datetime) -> dict[str, Any]:
    """A first token at the very end was no stream's."""
    ended_at, first_at = _time(row, "endTime"), _time(row, "completionStartTime")
    if ended_at is not None and ended_at < started_at:
        raise DataError("the row ends before it starts")
    milliseconds = optional_count(row, "request_duration_ms", "the row")
    lasted = (ended_at - started_at).total_seconds() if ended_at else None
    streamed = first_at is not None and ended_at is not None and started_at <= first_at < ended_at
    return {
        "duration_seconds": milliseconds / 1000 if milliseconds is not None else lasted,
        "time_to_first_token_seconds": (first_at - started_at).total_seconds() if streamed and first_at else None,
    }


def _fate(row: Row, details: Mapping[str, Any]) -> tuple[int | None, str | None]:
    if row.get("status") != "failure":
        return None, None
    error = details.get("error_information")
    told = error if isinstance(error, dict) else {}
    code = str(told.get("error_code") or "")
    status = int(code) if code.isascii() and code.isdigit() and 100 <= int(code) <= 599 else None
    return status, str(told.get("error_class") or UNNAMED_ERROR)


def _model(row: Row, provider: str) -> str | None:
    """Without the provider that LiteLLM may write before it."""
    return (text(row, "model", "the row") or "").removeprefix(f"{provider}/") or None


def _tags(row: Row, kept: Collection[str | None]) -> dict[str, str]:
    """The tags `name:value` that the settings name: a proxy adds others, with the client's version or a trace's id."""
    given = row.get("request_tags")
    if isinstance(given, str):
        given = _json(given, "request_tags")
    pairs = (str(tag).partition(":") for tag in given or [])
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in kept and value.strip()}


def _object(row: Row, name: str) -> Mapping[str, Any]:
    value = row.get(name)
    if isinstance(value, str):
        value = _json(value, name)
    return value if isinstance(value, dict) else {}


def _json(written: str, name: str) -> Any:
    try:
        return json.loads(written) if written else None
    except ValueError:
        raise DataError(f"{name} of the row is not JSON") from None


def _time(row: Row, name: str, *, required: bool = False) -> datetime | None:
    """Without an offset it is UTC, as the proxy's database keeps it."""
    value = required_text(row, name, "the row") if required else text(row, name, "the row")
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise DataError(f"{name} of the row is no time") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
