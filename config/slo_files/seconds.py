"""A time as an SLO file writes it."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

LONGEST_SECONDS = 86400
_UNITS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60)}


def seconds_of(value: Any) -> Decimal:
    """2s, 500ms, 1.5s, 2m, or a plain number of seconds. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m)?", str(value).strip())
    seconds = Decimal(match[1]) * _UNITS[match[2] or "s"] if match else Decimal(0)
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError(f"{str(value)!r} is not a time up to a day, such as 2s or 500ms")
    return seconds.normalize()


Seconds = Annotated[Decimal, BeforeValidator(seconds_of)]
