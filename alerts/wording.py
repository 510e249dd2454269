"""Shares and times as a message says them; the rules decide on exact values before."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from domain.wording import count

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def percent(ratio: Decimal) -> str:
    """`81%` for 0.8199: rounded down, so that a mark is never shown before it is passed."""
    return f"{(ratio * 100).to_integral_value(ROUND_FLOOR):,}%"


def share(ratio: Fraction) -> str:
    """`62%`: rounded down, so that what is left is never made more than it is."""
    return f"{int(ratio * 100):,}%"


def factor(ratio: Fraction | None) -> str:
    """`14.4 times`; rounded down."""
    return "unknown" if ratio is None else f"{int(ratio * 10) / 10:,.1f} times"


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


def day(on: date) -> str:
    """`22 Nov 2026`."""
    return f"{on.day} {MONTHS[on.month - 1][:3]} {on.year}"


def month(of: date) -> str:
    """`November`; the sentences around it leave no doubt about the year."""
    return MONTHS[of.month - 1]
