"""What tokens cost at list price. Pure; the price book itself lives in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MILLION = Decimal(1_000_000)

TOKEN_UNITS = (
    "uncached_input_tokens",
    "cache_read_input_tokens",
    "cache_write_5m_input_tokens",
    "cache_write_1h_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
)
"""The disjoint kinds of tokens: each token is in exactly one."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices in `currency` per million of each unit, valid during `[valid_from, valid_to)`."""

    version: str
    valid_from: date
    valid_to: date
    per_million: Mapping[str, Decimal]


def estimate(lists: Sequence[PriceList], day: date, counts: Mapping[str, int | None]) -> tuple[Decimal, str] | None:
    """Cost of `counts` and the version of the list in force on `day`.

    None, never 0, when no list was in force or a unit with a count has no price.
    """
    for prices in lists:
        if prices.valid_from <= day < prices.valid_to:
            total = Decimal(0)
            for unit, count in counts.items():
                if not count:
                    continue
                price = prices.per_million.get(unit)
                if price is None:
                    return None
                total += count * price
            return total / MILLION, prices.version
    return None
