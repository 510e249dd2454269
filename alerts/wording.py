"""Numbers and times as a message says them; the rules decide on exact values before."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
"""Every other currency is written with its code."""

CENTS_BELOW = Decimal(1000)
"""From here on cents only make an amount harder to read."""

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


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


def percent(ratio: Decimal) -> str:
    """`81 %` for 0.8199: rounded down, so that a mark is never shown before it is passed."""
    return f"{(ratio * 100).to_integral_value(ROUND_FLOOR):,} %"


def signed_percent(ratio: Decimal) -> str:
    """A change with its sign: `+12 %`, `+9.1 %`, `-3.0 %`; one decimal below 10 %."""
    size = abs(ratio) * 100
    sign = "-" if ratio < 0 else "+"
    if 0 < size < Decimal("0.05"):
        return f"{sign}<0.1 %"
    return f"{sign}{size.quantize(Decimal(1) if size >= 10 else Decimal('0.1'), ROUND_HALF_EVEN):,} %"


def count(number: int, noun: str) -> str:
    """`1 day`, `8 days`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(span: timedelta) -> str:
    """The two largest units: `2 days 3 hours`, `14 minutes`; under a minute `less than a minute`."""
    minutes = int(span.total_seconds() // 60)
    parts = (count(minutes // 1440, "day"), count(minutes % 1440 // 60, "hour"), count(minutes % 60, "minute"))
    told = [part for part in parts if not part.startswith("0 ")]
    return " ".join(told[:2]) or "less than a minute"


def moment(at: datetime) -> str:
    """`22 Nov 2026 08:26 UTC`."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at.year} {at:%H:%M} UTC"


def month(day: date) -> str:
    """`November`; the sentences around it leave no doubt about the year."""
    return MONTHS[day.month - 1]
