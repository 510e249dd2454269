"""Numbers as sentences say them; what is decided is decided on exact values before."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
"""Every other currency is written with its code."""

TURNS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""For str.translate: without signs that turn the direction of whatever stands behind them."""

CENTS_BELOW = Decimal(1000)
"""From here on cents only make an amount harder to read."""


def money(amount: Decimal, currency: str) -> str:
    """`$8,123`; `$812.40` below 1,000; three significant digits below a cent."""
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if size and size < Decimal("0.01"):
        text = f"{size:.3g}" if size >= Decimal("0.0001") else f"{size:.0e}"
        text = f"{Decimal(text):f}"
    else:
        places = Decimal(1) if size >= CENTS_BELOW else Decimal("0.01")
        text = f"{size.quantize(places, ROUND_HALF_EVEN):,}"
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{text.removesuffix('.00')}"


def signed_money(amount: Decimal, currency: str) -> str:
    """A change with its sign: `+$2,900`, `-$390`."""
    return f"{'' if amount < 0 else '+'}{money(amount, currency)}"


def signed_percent(ratio: Decimal) -> str:
    """A change with its sign: `+12%`, `+9.1%`, `-3.0%`; one decimal below 10%."""
    return f"{'-' if ratio < 0 else '+'}{size_percent(ratio)}"


def size_percent(ratio: Decimal) -> str:
    """How large a change is, without its sign: `12%`, `9.1%`, `<0.1%`."""
    size = abs(ratio) * 100
    if 0 < size < Decimal("0.05"):
        return "<0.1%"
    return f"{size.quantize(Decimal(1) if size >= 10 else Decimal('0.1'), ROUND_HALF_EVEN):,}%"


def count(number: int, noun: str) -> str:
    """`1 day`, `8 days`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
