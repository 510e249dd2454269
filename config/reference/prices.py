"""prices.toml: negotiated prices."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, toml_entries
from domain.attribution import OPEN_FROM, OPEN_TO
from domain.price import TOKEN_UNITS


class PriceEntry(Entry):
    """`[[price]]` of prices.toml: USD per million units; a negotiated price wins over the published one."""

    provider: str
    model: str
    service_tier: str = "standard"
    unit: str
    price_per_million: Decimal = Field(ge=0, max_digits=26)
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO


def read_prices(problems: Problems) -> tuple[PriceEntry, ...]:
    """The prices; one that cannot be used leaves the published price in force."""
    prices = []
    for line, price in toml_entries("price", PriceEntry, problems):
        if price.unit not in TOKEN_UNITS:
            problems.add(
                line, f"{price.model} has a price for the unknown unit {price.unit!r}; use {', '.join(TOKEN_UNITS)}"
            )
        elif price.valid_to <= price.valid_from:
            problems.add(line, f"the price of {price.model} {price.unit} ends before it begins; swap its dates")
        else:
            prices.append(price)
    return tuple(prices)
