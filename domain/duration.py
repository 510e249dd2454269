"""Durations as an operator writes them: 90s, 15m, 6h, 7d."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3653)
"""Ten years: far beyond any use, and near enough that a date minus it is still a date."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """A timedelta from a whole number and s, m, h or d, at most ten years. Raises ValueError that shows the form."""
    match = re.fullmatch(r"([1-9]\d{0,8})([smhd])", text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a duration; write a whole number and s, m, h or d, such as 6h")
    found = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if found > LONGEST:
        raise ValueError(f"{text!r} is longer than ten years; write a shorter time, such as 6h")
    return found
