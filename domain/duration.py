"""Durations as an operator writes them: 90s, 15m, 6h, 7d."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """A timedelta from a whole number and s, m, h or d. Raises ValueError that shows the accepted form."""
    match = re.fullmatch(r"([1-9]\d*)([smhd])", text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a duration; write a whole number and s, m, h or d, such as 6h")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
