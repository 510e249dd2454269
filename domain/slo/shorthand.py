"""OpenSLO's durations: a whole number and m, h, d, w for a fixed time, M, Q, Y for calendar time. Pure."""

import re

MINUTE_UNITS = {"m": 1, "h": 60, "d": 1440, "w": 10080}
NOMINAL_DAYS = {"M": 30, "Q": 90, "Y": 365}
"""What a month, a quarter and a year count as where a fixed length is needed (the SRE Workbook's month is 30 days)."""
LONGEST_MINUTES = 10 * 366 * 1440
"""Ten years: far beyond any promise."""


def split_shorthand(text: str) -> tuple[int, str]:
    """The number and the unit of 30d or 1M. Raises ValueError that shows the form."""
    match = re.fullmatch(r"([1-9]\d{0,6})([mhdwMQY])", text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a duration; write a whole number and m, h, d, w, M, Q or Y, such as 28d")
    number, unit = int(match[1]), match[2]
    if nominal_minutes(number, unit) > LONGEST_MINUTES:
        raise ValueError(f"{text!r} is longer than ten years; write a shorter time, such as 28d")
    return number, unit


def nominal_minutes(number: int, unit: str) -> int:
    """Minutes of a duration; a month counts as 30 days, a quarter as 90, a year as 365."""
    return number * (MINUTE_UNITS[unit] if unit in MINUTE_UNITS else NOMINAL_DAYS[unit] * 1440)


def fixed_minutes(text: str) -> int:
    """Minutes of a duration with a fixed length. Raises ValueError for months, quarters and years."""
    number, unit = split_shorthand(text)
    if unit in NOMINAL_DAYS:
        raise ValueError(f"{text!r} has no fixed length; write it in m, h, d or w, such as 30d")
    return nominal_minutes(number, unit)


def minutes_text(minutes: int) -> str:
    """The shortest usual form: 5m, 1h, 80m, 1d, 32h."""
    for unit in ("d", "h"):
        if minutes % MINUTE_UNITS[unit] == 0:
            return f"{minutes // MINUTE_UNITS[unit]}{unit}"
    return f"{minutes}m"
