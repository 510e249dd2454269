"""The selection that turns one request log's columns into `InferenceRequest` columns by the operator's mapping."""

from collections.abc import Collection, Mapping, Sequence

from collectors.errors import DataError, FatalError
from collectors.selection import (
    EARLIEST,
    LATEST,
    Selection,
    attribution_key,
    column,
    out_of_range,
    quoted,
    utc_timestamp,
)

COUNTS = ("input_tokens", "cache_read_input_tokens", "output_tokens", "status_code")
SECONDS = ("duration_seconds", "time_to_first_token_seconds")
TEXTS = (
    "provider",
    "account_id",
    "service",
    "model",
    "project_id",
    "api_key_id",
    "user_id",
    "feature",
    "error_type",
    "interaction_id",
    "customer_tier",
)
IN_OTHER_UNITS = {
    "started_at_unix_seconds": (
        "started_at",
        "to_timestamp(case when abs(try_cast({0} as double)) < 1e11 then try_cast({0} as double) end) "
        "at time zone 'UTC'",
    ),
    "duration_milliseconds": ("duration_seconds", "try_cast({} as double) / 1000"),
    "time_to_first_token_milliseconds": ("time_to_first_token_seconds", "try_cast({} as double) / 1000"),
}
"""Fields that a log may carry in another unit: field of the mapping → column, and SQL of the conversion.
Unix seconds above 1e11 (the year 5138) are milliseconds by mistake, and DuckDB would stop at the largest."""

LARGEST_COUNT = 10**12
"""No request has as many tokens; sums over millions of such rows still fit a BIGINT."""

FIELDS = ("started_at", *COUNTS, *SECONDS, *TEXTS, *IN_OTHER_UNITS)
REQUIRED = ("started_at", "provider", "account_id", "service")

_KEY = ("provider", "account_id", "project_id", "api_key_id", "user_id", "model", "service", "tags")
"""The dimensions of `domain.attribution.Dimensions` in order."""


def selection(
    header: Sequence[str], file_name: str, source: str, mapping: Mapping[str, str], constants: Mapping[str, str]
) -> Selection:
    """The columns of `InferenceRequest` that a log fills. Raises DataError for a column the file lacks."""
    missing = sorted(set(mapping.values()) - set(header))
    if missing:
        raise DataError(
            f"{file_name} has no column {missing[0]!r}, which the mapping names; it has: {', '.join(header)}."
        )
    text = {field: column(name) for field, name in mapping.items()}
    text |= {field: quoted(value) for field, value in constants.items()}
    values = _values(text)
    given = {f"given_{field}": value for field, value in text.items()}
    key = attribution_key([name if name in values else None for name in _KEY])
    return Selection(
        values | given | {"source": quoted(source)}, _reason(text.keys(), values.keys()), {"attribution_key": key}
    )


def check_fields(mapping: Mapping[str, str], constants: Mapping[str, str]) -> None:
    """Raises FatalError for a field that no column has, or a column that no field fills."""
    unknown = sorted((mapping.keys() | constants.keys()) - set(FIELDS))
    if unknown:
        raise FatalError(f"The mapping names the unknown field {unknown[0]!r}; there are: {', '.join(FIELDS)}.")
    targets = [IN_OTHER_UNITS[f][0] if f in IN_OTHER_UNITS else f for f in (*mapping, *constants)]
    filled = set(targets)
    for field in sorted(filled):
        if targets.count(field) > 1:
            raise FatalError(f"The mapping says twice where {field} comes from; keep one.")
    absent = [field for field in REQUIRED if field not in filled]
    if absent:
        raise FatalError(
            f"The mapping does not say where {absent[0]} comes from; "
            f"add a column for it, or one value for the whole file."
        )


def _values(text: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for field, value in text.items():
        if field == "started_at":
            values[field] = utc_timestamp(value)
        elif field in IN_OTHER_UNITS:
            name, conversion = IN_OTHER_UNITS[field]
            values[name] = conversion.format(value)
        elif field in COUNTS:
            values[field] = f"try_cast({value} as bigint)"
        elif field in SECONDS:
            values[field] = f"try_cast({value} as double)"
        elif field == "feature":
            values["tags"] = f"case when {value} is not null then cast(json_object('feature', {value}) as varchar) end"
        else:
            values[field] = value
    return values


def _reason(fields: Collection[str], columns: Collection[str]) -> str:
    cases = [(f"{name} is null", f"{name} is empty or not of its kind") for name in REQUIRED]
    cases.append((out_of_range("started_at"), f"started_at is not between {EARLIEST} and {LATEST}"))
    for field in fields:
        target = IN_OTHER_UNITS[field][0] if field in IN_OTHER_UNITS else field
        given = f"given_{field}"
        number = f"try_cast({given} as double)"
        if target in COUNTS:
            cases.append(
                (
                    f"{given} is not null and ({target} is null or {target} <> {number})",
                    f"{field} is not a whole number",
                )
            )
            cases.append((f"{target} > {LARGEST_COUNT}", f"{field} is more than any request has"))
        if target in SECONDS:
            cases.append(
                (f"{given} is not null and not coalesce(isfinite({number}), false)", f"{field} is not a number")
            )
        if target in COUNTS or target in SECONDS:
            cases.append((f"{target} < 0", f"{field} is negative"))
    if "cache_read_input_tokens" in columns and "input_tokens" in columns:
        cases.append(
            (
                "cache_read_input_tokens > input_tokens",
                "cache_read_input_tokens is more than input_tokens, which includes it",
            )
        )
    return "case " + " ".join(f"when {test} then {quoted(reason)}" for test, reason in cases) + " end"
