"""How one metric is spoken of: its name, its numbers, how grave it is either way, and the page that shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from alerts.base import Severity
from domain.provider import NAMES
from domain.wording import money, signed_percent


@dataclass(frozen=True, slots=True)
class Terms:
    """`noun` begins a title; `rises` and `falls` are the severity of more and of less than expected.

    `number` writes a value in its unit; `page_path` is the page that shows a kind of scope and a scope. `is_money`:
    what is at stake is known in money and decides whether a person hears of it.
    """

    noun: str
    rises: Severity
    falls: Severity
    number: Callable[[float, str], str]
    page_path: Callable[[str, str], str]
    is_money: bool = True


def amount(value: float, unit: str) -> str:
    """Money: `$1,240`."""
    return money(Decimal(repr(value)), unit)


def whole(value: float, unit: str) -> str:
    """Counts: `12,300 requests`."""
    return f"{value:,.0f} {unit}"


def seconds(value: float, _: str) -> str:
    """`2.4 s`."""
    return f"{value:,.2f} s" if value < 10 else f"{value:,.0f} s"


def share(value: float, _: str) -> str:
    """`1.25%`."""
    return f"{value * 100:,.2f}%"


def who(scope_type: str, name: str) -> str:
    """`the organisation`, `team Shop`, `Search`, `model small`, `provider OpenAI`."""
    match scope_type:
        case "organization":
            return "the organisation"
        case "feature":
            return name
        case "provider":
            return f"provider {NAMES.get(name, name)}"
        case _:
            return f"{scope_type} {name}"


def change(actual: float, expected: float | None) -> str:
    """`+137%`; `from nothing` where nothing was expected."""
    if not expected or expected <= 0:
        return "from nothing"
    return signed_percent(Decimal(repr(actual)) / Decimal(repr(expected)) - 1)


def name_of(names: Mapping[tuple[str, str], Mapping[str, Any]], series: tuple[str, str]) -> str:
    """What people call a series."""
    return who(series[0], names.get(series, {}).get("name") or series[1])
