"""One request from fields that an operator's mapping, or a span, gives; what cannot be one has its reason."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from collectors.errors import DataError
from collectors.request_log_sql import COUNTS, LARGEST_COUNT, REQUIRED, SECONDS, TEXTS
from domain.attribution import OPEN_FROM, OPEN_TO, Dimensions
from domain.provider import canonical_provider
from store.tables import InferenceRequest

START_UNITS = {
    "started_at_unix_seconds": Decimal(1),
    "started_at_unix_milliseconds": Decimal(10) ** 3,
    "started_at_unix_microseconds": Decimal(10) ** 6,
    "started_at_unix_nanoseconds": Decimal(10) ** 9,
}
"""Field of a mapping → how many of its unit are a second."""
DURATION_UNITS = {
    f"{name}_{unit}": (f"{name}_seconds", per_second)
    for name in ("duration", "time_to_first_token")
    for unit, per_second in (("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9))
}
"""Field of a mapping → the column in seconds that it fills, and how many of its unit are a second."""
OPERATION = "operation"
INFERENCE = ("chat", "generate_content", "text_completion", "embeddings")
"""Operations of OpenTelemetry that ask a model; an agent's span holds these, and would count them twice."""

FIELDS = ("started_at", *START_UNITS, *COUNTS, *SECONDS, *DURATION_UNITS, *TEXTS, OPERATION)
LONGEST_SECONDS = 86_400
"""What lasts longer than a day is in another unit than the mapping says."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_inference(found: Mapping[str, Any]) -> bool:
    """True unless an operation is named that asks no model."""
    operation = found.get(OPERATION)
    return operation is None or str(operation).lower() in INFERENCE


def inference_request(source: str, found: Mapping[str, Any], now: datetime | None = None) -> InferenceRequest:
    """The request that values by field tell of. Raises DataError, whose sentence is the reason, when there is none.

    With `now` a request of the future is none: its writer's clock is wrong.
    """
    texts = {name: str(found[name]).strip() for name in TEXTS if found.get(name) is not None}
    texts = {name: value for name, value in texts.items() if value}
    for name in REQUIRED[1:]:
        if name not in texts:
            raise DataError(f"{name} is empty")
    feature = texts.pop("feature", None)
    texts["provider"] = canonical_provider(texts["provider"])
    started_at = start_of(found)
    if now is not None and started_at > now:
        raise DataError("started_at is in the future; correct the clock of whoever wrote it")
    tags = json.dumps({"feature": feature}, separators=(",", ":"), ensure_ascii=False) if feature else None
    names = ("provider", "account_id", "project_id", "api_key_id", "user_id", "model", "service")
    key = Dimensions(**{name: texts.get(name) for name in names}, tags=tags).key()
    counts = {name: _count(found[name], name) for name in COUNTS if found.get(name) is not None}
    if counts.get("cache_read_input_tokens", 0) > counts.get("input_tokens", LARGEST_COUNT):
        raise DataError("cache_read_input_tokens is more than input_tokens, which includes it")
    values: dict[str, Any] = {**texts, **counts, **_durations(found), "tags": tags}
    return InferenceRequest(source=source, started_at=started_at, attribution_key=key, **values)


def start_of(found: Mapping[str, Any]) -> datetime:
    """When it started, in UTC; a time without an offset is UTC already. Raises DataError."""
    for name, per_second in START_UNITS.items():
        if found.get(name) is not None:
            since = _number(found[name], name) / per_second
            if not 0 <= since < (OPEN_TO - OPEN_FROM).days * 86_400:
                raise DataError(f"{name} is no time in that unit")
            return _EPOCH + timedelta(microseconds=int(since * 10**6))
    value = found.get("started_at")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise DataError("started_at is empty or not of its kind")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _durations(found: Mapping[str, Any]) -> dict[str, float]:
    given = {name: (name, 1) for name in SECONDS} | DURATION_UNITS
    seconds: dict[str, float] = {}
    for name, (column, per_second) in given.items():
        if found.get(name) is not None:
            value = float(_number(found[name], name)) / per_second
            if value < 0:
                raise DataError(f"{name} is negative")
            if value > LONGEST_SECONDS:
                raise DataError(f"{name} is longer than a day; map it in its own unit")
            seconds[column] = value
    return seconds


def _count(value: Any, name: str) -> int:
    number = _number(value, name)
    if number != int(number):
        raise DataError(f"{name} is not a whole number")
    if number < 0:
        raise DataError(f"{name} is negative")
    if number > LARGEST_COUNT:
        raise DataError(f"{name} is more than any request has")
    return int(number)


def _number(value: Any, name: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise DataError(f"{name} is not a number") from None
    if not isfinite(number):
        raise DataError(f"{name} is not a number")
    return number
