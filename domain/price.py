"""What tokens and other units cost at list price. Pure; the price book itself lives in the store."""

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
"""The disjoint kinds of tokens that sources report: each token is in exactly one."""

MODALITY_UNITS = (
    "input_audio_tokens",
    "cache_read_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "cache_read_image_tokens",
    "output_image_tokens",
)
"""Parts of input and output with a price of their own. As units of a price they are disjoint from each other and from
TOKEN_UNITS; a source reports `input_…` with what was read from the cache in it."""

QUANTITY_UNITS = ("images", "characters", "audio_seconds", "web_searches", "file_searches", "sessions", "byte_hours")
"""What is priced by something else than tokens."""

PRICED_UNITS = (*TOKEN_UNITS, *MODALITY_UNITS, *QUANTITY_UNITS)

_QUANTITIES = {
    ("web_search_calls", "calls"): "web_searches",
    ("web_search", "calls"): "web_searches",
    ("file_search_calls", "calls"): "file_searches",
    ("audio_transcriptions", "seconds"): "audio_seconds",
    ("vector_stores", "bytes"): "byte_hours",
}
"""(service, unit of a usage row) → unit of its price, where they differ: a call costs what its tool costs, and stored
bytes are told once an hour."""

STANDARD = "standard"
STANDARD_WORDS = ("", "default", "auto", STANDARD)
"""What vendors call the tier without a surcharge or a discount; many rows name none at all."""

_WHOLES = {
    "input": "uncached_input_tokens",
    "cache_read": "cache_read_input_tokens",
    "output": "output_tokens",
}
"""What the audio and image tokens of the input, the cache and the output are a part of."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices in USD per million of each unit, valid during `[valid_from, valid_to)`."""

    version: str
    valid_from: date
    valid_to: date
    per_million: Mapping[str, Decimal]


def tier_word(tier: str | None, *, has_tokens: bool = True) -> str:
    """The tier that prices go by: vendors call the usual one by several names, and tools have no tiers."""
    return STANDARD if tier is None or tier in STANDARD_WORDS or not has_tokens else tier


def quantity_unit(service: str, unit: str) -> str:
    """The unit of the price of a quantity that a usage row counts in `unit`."""
    return _QUANTITIES.get((service, unit), unit)


def quantity_units() -> Mapping[tuple[str, str], str]:
    """(service, unit of a usage row) → unit of its price, for those that differ."""
    return _QUANTITIES


def disjoint(counts: Mapping[str, int | None]) -> dict[str, int] | None:
    """Reported counts by the unit whose price each token has; every token is in exactly one.

    None when that is unknown: audio or images are more than what holds them, or nobody says how many of them were read
    from a cache that was read.
    """
    found = {unit: counts.get(unit) or 0 for unit in TOKEN_UNITS}
    for kind in ("audio", "image"):
        total, output = counts.get(f"input_{kind}_tokens") or 0, counts.get(f"output_{kind}_tokens") or 0
        cached = counts.get(f"cache_read_{kind}_tokens")
        if cached is None:
            if total and found["cache_read_input_tokens"]:
                return None
            cached = 0
        parts = {"input": total - cached, "cache_read": cached, "output": output}
        for part, count in parts.items():
            found[f"{part}_{kind}_tokens"] = count
            found[_WHOLES[part]] -= count
    return None if any(count < 0 for count in found.values()) else found


def estimate(
    lists: Sequence[PriceList], day: date, counts: Mapping[str, int | Decimal | None]
) -> tuple[Decimal, str] | None:
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
