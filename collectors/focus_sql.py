"""The selection that turns one FOCUS file's columns into `Charge` columns, and says which rows cannot be."""

from collections.abc import Collection, Mapping

from collectors.focus_columns import (
    CHARGE_CATEGORIES,
    COSTS,
    DECIMALS,
    JSON_TEXTS,
    REQUIRED_VALUES,
    TIMES,
    column_map,
    guess_version,
    pascal_case,
    snake_case,
)
from collectors.selection import (
    EARLIEST,
    LATEST,
    Selection,
    attribution_key,
    column,
    decimal,
    has_more_decimals,
    json_column,
    out_of_range,
    quoted,
    utc_timestamp,
    written_text,
)
from domain.provider import CANONICAL

_KEY = ("provider", "billing_account_id", "sub_account_id", "api_key_id", None, "model", "service_name", "tags")
"""The dimensions of `domain.attribution.Dimensions` in order; a bill names no user."""


def selection(header: list[str], file_name: str, source: str) -> Selection:
    """The columns of `Charge` that a file fills. Raises DataError when a mandatory column is missing."""
    originals = column_map(header, file_name)
    text = {name: (json_column if name in JSON_TEXTS else column)(original) for name, original in originals.items()}
    text["service_provider_name"] = _service_provider(originals["service_provider_name"], header)
    read = {name: _typed(name, value) for name, value in text.items()}
    read |= {
        "source": quoted(source),
        "provider": _provider(text["service_provider_name"]),
        "focus_version": f"coalesce({text.get('focus_version', 'null')}, {quoted(guess_version(header))})",
    }
    given = {f"given_{name}": text[name] for name in text if name in DECIMALS or name in TIMES}
    written = {f"written_{name}": written_text(originals[name]) for name in text if name in COSTS}
    key = attribution_key([name if name in read else None for name in _KEY])
    rounded = " or ".join(f"coalesce({has_more_decimals(name)}, false)" for name in written)
    return Selection(read | given | written, _reason(read), {"attribution_key": key}, rounded)


def _typed(name: str, text: str) -> str:
    if name in DECIMALS:
        return decimal(text)
    if name in TIMES:
        return utc_timestamp(text)
    return _with_braces(text) if name == "tags" else text


def _with_braces(text: str) -> str:
    """Some Azure exports leave out the outer braces; what is no JSON even with them stays as it is."""
    braced = f"'{{' || {text} || '}}'"
    return f"case when left({text}, 1) <> '{{' and json_valid({braced}) then {braced} else {text} end"


def _service_provider(original: str, header: Collection[str]) -> str:
    """A file of 1.3 may have both names, and a row only the older one."""
    older = [name for name in header if snake_case(name) == "provider_name" and name != original]
    return f"coalesce(nullif({column(original)}, ''), {column(older[0])})" if older else column(original)


def _provider(text: str) -> str:
    words = " ".join(f"when {quoted(spelling)} then {quoted(name)}" for spelling, name in CANONICAL.items())
    return f"case lower(trim({text})) {words} else trim({text}) end"


def _reason(read: Mapping[str, str]) -> str:
    cases = [(f"{_given(name)} is null", f"{pascal_case(name)} is empty") for name in REQUIRED_VALUES]
    for name in sorted((DECIMALS | TIMES) & read.keys()):
        kind = "a decimal number" if name in DECIMALS else "an ISO 8601 time"
        cases.append((f"{name} is null and given_{name} is not null", f"{pascal_case(name)} is not {kind}"))
        if name in TIMES:
            cases.append((out_of_range(name), f"{pascal_case(name)} is not between {EARLIEST} and {LATEST}"))
    cases += [
        (
            f"charge_category not in ({', '.join(map(quoted, CHARGE_CATEGORIES))})",
            f"ChargeCategory is none of {', '.join(CHARGE_CATEGORIES)}",
        ),
        (
            "billing_currency not in ('USD', 'EUR', 'GBP') "  # spares nearly every row the pattern
            "and not regexp_full_match(billing_currency, '[A-Z][A-Z0-9_]{2,19}')",
            "BillingCurrency is not an upper-case currency code",
        ),
        ("charge_period_end <= charge_period_start", "ChargePeriodEnd is not after ChargePeriodStart"),
        ("billing_period_end <= billing_period_start", "BillingPeriodEnd is not after BillingPeriodStart"),
    ]
    return "case " + " ".join(f"when {test} then {quoted(reason)}" for test, reason in cases) + " end"


def _given(name: str) -> str:
    return f"given_{name}" if name in DECIMALS or name in TIMES else name
