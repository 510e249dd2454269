"""The select list that turns one FOCUS file's columns into `Charge` columns, and says which rows cannot be."""

from collectors.focus_columns import (
    CHARGE_CATEGORIES,
    DECIMALS,
    JSON_TEXTS,
    REQUIRED_VALUES,
    TIMES,
    column_map,
    guess_version,
    pascal_case,
)
from collectors.staging import DUCKDB_TYPES, EARLIEST, LATEST, column, json_column, out_of_range, quoted, utc_timestamp
from domain.provider import CANONICAL
from store.schema import arrow_schema
from store.tables import Charge

_KEY = ("provider", "billing_account_id", "sub_account_id", "api_key_id", None, "model", "service_name", "tags")
"""The dimensions of `domain.attribution.Dimensions` in order; a bill names no user."""


def select_list(header: list[str], file_name: str, source: str) -> str:
    """SQL for every column of `Charge` and `reason`. Raises DataError when a mandatory column is missing."""
    text = {
        name: (json_column if name in JSON_TEXTS else column)(original)
        for name, original in column_map(header, file_name).items()
    }
    typed = {name: _typed(name, value) for name, value in text.items()}
    provider = _provider(text["service_provider_name"])
    parts = {**typed, "provider": provider}
    joined = " || '|' || ".join(f"coalesce({parts[name]}, '')" if name in parts else "''" for name in _KEY)
    fixed = {
        "source": quoted(source),
        "provider": provider,
        "attribution_key": f"md5({joined})",
        "focus_version": f"coalesce({text.get('focus_version', 'null')}, {quoted(guess_version(header))})",
    }
    values = {**typed, **fixed}
    columns = [
        f"{values.get(field.name, f'cast(null as {DUCKDB_TYPES[str(field.type)]})')} as {field.name}"
        for field in arrow_schema(Charge)
    ]
    return ", ".join([*columns, f"{_reason(text, typed)} as reason"])


def _typed(name: str, text: str) -> str:
    if name in DECIMALS:
        return f"try_cast({text} as decimal(38, 12))"
    if name in TIMES:
        return utc_timestamp(text)
    return _with_braces(text) if name == "tags" else text


def _with_braces(text: str) -> str:
    """Some Azure exports leave out the outer braces; what is no JSON even with them stays as it is."""
    braced = f"'{{' || {text} || '}}'"
    return f"case when left({text}, 1) <> '{{' and json_valid({braced}) then {braced} else {text} end"


def _provider(text: str) -> str:
    words = " ".join(f"when {quoted(spelling)} then {quoted(name)}" for spelling, name in CANONICAL.items())
    return f"case lower(trim({text})) {words} else trim({text}) end"


def _reason(text: dict[str, str], typed: dict[str, str]) -> str:
    cases = [(f"{text[name]} is null", f"{pascal_case(name)} is empty") for name in REQUIRED_VALUES]
    for name in sorted((DECIMALS | TIMES) & typed.keys()):
        kind = "a decimal number" if name in DECIMALS else "an ISO 8601 time"
        cases.append((f"{text[name]} is not null and {typed[name]} is null", f"{pascal_case(name)} is not {kind}"))
        if name in TIMES:
            cases.append((out_of_range(typed[name]), f"{pascal_case(name)} is not between {EARLIEST} and {LATEST}"))
    cases += [
        (
            f"{text['charge_category']} not in ({', '.join(map(quoted, CHARGE_CATEGORIES))})",
            f"ChargeCategory is none of {', '.join(CHARGE_CATEGORIES)}",
        ),
        (
            f"{text['billing_currency']} not in ('USD', 'EUR', 'GBP') "  # spares nearly every row the pattern
            f"and not regexp_full_match({text['billing_currency']}, '[A-Z][A-Z0-9_]{{2,19}}')",
            "BillingCurrency is not an upper-case currency code",
        ),
        (
            f"{typed['charge_period_end']} <= {typed['charge_period_start']}",
            "ChargePeriodEnd is not after ChargePeriodStart",
        ),
        (
            f"{typed['billing_period_end']} <= {typed['billing_period_start']}",
            "BillingPeriodEnd is not after BillingPeriodStart",
        ),
    ]
    return "case " + " ".join(f"when {test} then {quoted(reason)}" for test, reason in cases) + " end"
