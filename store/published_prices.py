"""Published prices by provider, model, tier and context: genai-prices first, then the extract of LiteLLM's map."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from genai_prices import data_snapshot
from genai_prices.types import ConditionalPrice, ModelPrice, PriceVariant, StartDateConstraint, TieredPrices

from domain.attribution import OPEN_FROM, OPEN_TO
from domain.price import MILLION, QUANTITY_UNITS, STANDARD, PriceList
from domain.price_layers import first_in_force, unit_by_unit, with_factor
from store.price_extract import extract

VERSION = f"genai-prices@{version('genai-prices')}"

HALF_AT_BATCH = frozenset({"openai", "anthropic"})
"""Their price pages say that a batch costs half, for every model that has no batch price of its own."""
HALF = Decimal("0.5")

_BY_PROCESSING = frozenset({"batch"})
"""Tiers that genai-prices calls a way of processing; the others are its service tiers."""

_THOUSAND, _HOUR_SECONDS = Decimal(1000), Decimal(3600)

_FIELDS: Mapping[str, tuple[tuple[str, ...], Decimal]] = {
    "uncached_input_tokens": (("input_mtok",), Decimal(1)),
    "cache_read_input_tokens": (("cache_read_mtok",), Decimal(1)),
    "cache_write_5m_input_tokens": (("cache_write_5m_mtok", "cache_write_mtok"), Decimal(1)),
    "cache_write_1h_input_tokens": (("cache_write_1h_mtok",), Decimal(1)),
    "cache_write_input_tokens": (("cache_write_mtok",), Decimal(1)),
    "output_tokens": (("output_mtok",), Decimal(1)),
    "input_audio_tokens": (("input_audio_mtok",), Decimal(1)),
    "cache_read_audio_tokens": (("cache_audio_read_mtok",), Decimal(1)),
    "output_audio_tokens": (("output_audio_mtok",), Decimal(1)),
    "input_image_tokens": (("input_image_mtok", "input_mtok"), Decimal(1)),
    "cache_read_image_tokens": (("cache_image_read_mtok", "cache_read_mtok"), Decimal(1)),
    "output_image_tokens": (("output_image_mtok", "output_mtok"), Decimal(1)),
    "characters": (("input_mchars",), Decimal(1)),
    "audio_seconds": (("input_audio_hours", "audio_hours"), MILLION / _HOUR_SECONDS),
    "web_searches": (("web_searches_kcount",), MILLION / _THOUSAND),
    "file_searches": (("storage_searches_kcount",), MILLION / _THOUSAND),
}
"""Unit → fields of genai-prices that hold its price, the first that is there, and what makes a million units of it.

Images without a price of their own are billed as any other token of the input or output; audio never is.
"""

TOOLS = ("web_searches", "file_searches")
"""What a report counts without naming a model."""

_OTHERS = ("input_audio_tokens", "cache_read_audio_tokens", "output_audio_tokens", *QUANTITY_UNITS)

_PRICE_DIGITS = Decimal("1E-12")


def published(provider: str, model: str, tier: str, long_context: bool) -> list[PriceList]:
    """Disjoint spans of days with their prices, newest first; empty when nobody publishes one.

    `model` '' is a tool of the provider; `tier` is a word of `domain.price.tier_word`.
    """
    standard = _standard(provider, model, long_context)
    if tier == STANDARD:
        return standard
    layers = _variant(provider, model, tier, long_context)
    if not long_context:  # the extract has no prices by context
        layers += _since_last_change(_extracted(provider, model, tier), standard)
    if tier == "batch" and provider in HALF_AT_BATCH:
        layers += [with_factor(prices, HALF, f"{prices.version}×{HALF} batch") for prices in standard]
    return first_in_force(layers)


def _standard(provider: str, model: str, long_context: bool) -> list[PriceList]:
    if not model:
        tools = _tools(provider)
        listed = [PriceList(VERSION, OPEN_FROM, OPEN_TO, tools)] if tools else []
        return unit_by_unit([*listed, *_extracted(provider, model, STANDARD)])
    info = _info(provider, model)
    dated = _dated(info, long_context) if info else []
    extracted = [] if long_context else _extracted(provider, model, STANDARD)
    return unit_by_unit([*dated, *map(_beside_text, extracted)]) if dated else extracted


def _beside_text(prices: PriceList) -> PriceList:
    """What may be missing beside known prices of text: units that a model either has a price for or does not count."""
    return replace(
        prices, per_million={unit: prices.per_million[unit] for unit in _OTHERS if unit in prices.per_million}
    )


def _info(provider: str, model: str) -> Any:
    try:
        return data_snapshot.get_snapshot().find_provider_model(model, None, provider, None)[1]
    except LookupError:
        return None


def _dated(info: Any, long_context: bool) -> list[PriceList]:
    """Spans newest first, without those that name no price at all."""
    lists = [
        PriceList(VERSION, start, end, _amounts(prices, long_context)) for start, end, prices in _spans(info.prices)
    ]
    return [prices for prices in lists if prices.per_million]


def _spans(given: ModelPrice | Sequence[ConditionalPrice]) -> list[tuple[date, date, ModelPrice]]:
    """Spans newest first. Prices that depend on the time of day are left out."""
    if isinstance(given, ModelPrice):
        return [(OPEN_FROM, OPEN_TO, given)]
    return _until_the_next([(_start(c.constraint), c.prices) for c in given if _is_dated(c.constraint)])


def _is_dated(constraint: object) -> bool:
    return constraint is None or isinstance(constraint, StartDateConstraint)


def _start(constraint: object) -> date:
    return constraint.start_date if isinstance(constraint, StartDateConstraint) else OPEN_FROM


def _until_the_next(found: list[tuple[date, ModelPrice]]) -> list[tuple[date, date, ModelPrice]]:
    found.sort(key=lambda item: item[0], reverse=True)
    ends = [OPEN_TO, *(start for start, _ in found)]
    return [(start, end, prices) for (start, prices), end in zip(found, ends, strict=False)]


def _variant(provider: str, model: str, tier: str, long_context: bool) -> list[PriceList]:
    """What genai-prices knows of a tier; what it does not name for it costs what it costs on the standard tier.

    Its dates say when a price was looked up, so the first holds back to the last change of the standard price.
    """
    info = _info(provider, model)
    when = {"processing" if tier in _BY_PROCESSING else "service_tier": tier}
    variants: list[PriceVariant] = [v for v in (info.price_variants if info else None) or () if v.when == when]
    dated = [(_start(v.constraint), v.prices) for v in variants if _is_dated(v.constraint) and vars(v.prices)]
    found = []
    for start, end, differing in _until_the_next(dated):
        is_first = start == min(begin for begin, _ in dated)
        for standard_start, standard_end, prices in _spans(info.prices):
            holds_back = is_first and standard_start <= start < standard_end
            first = standard_start if holds_back else max(start, standard_start)
            last = min(end, standard_end)
            if first < last:
                merged = ModelPrice(**{**vars(prices), **vars(differing)})
                found.append(PriceList(f"{VERSION} {tier}", first, last, _amounts(merged, long_context)))
    return found


def _since_last_change(tiers: Sequence[PriceList], standard: Sequence[PriceList]) -> list[PriceList]:
    """Prices without a history were published beside the newest standard price: before it they are unknown."""
    start = standard[0].valid_from if standard else OPEN_FROM
    return [replace(prices, valid_from=start) for prices in tiers]


def _extracted(provider: str, model: str, tier: str) -> list[PriceList]:
    info = _info(provider, model) if model else None
    names = [model, info.id] if info else [model]
    found = next((prices for name in names if (prices := extract().prices(provider, name, tier))), None)
    label = extract().version if tier == STANDARD else f"{extract().version} {tier}"
    return [PriceList(label, OPEN_FROM, OPEN_TO, found)] if found else []


def _amounts(prices: ModelPrice, long_context: bool) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for unit, (names, per_million) in _FIELDS.items():
        price = next((amount for name in names if (amount := getattr(prices, name, None)) is not None), None)
        if isinstance(price, TieredPrices):
            price = price.tiers[-1].price if long_context and price.tiers else price.base
        if price is not None:
            found[unit] = (Decimal(price) * per_million).quantize(_PRICE_DIGITS)
    return found


def _tools(provider: str) -> dict[str, Decimal]:
    """Prices of tools where every model of the provider that names one names the same."""
    try:
        models = data_snapshot.get_snapshot().find_provider(None, provider, None).models
    except LookupError:
        return {}
    found: dict[str, set[Decimal]] = {unit: set() for unit in TOOLS}
    for model in models:
        for prices in _dated(model, long_context=False):
            for unit in TOOLS:
                if unit in prices.per_million:
                    found[unit].add(prices.per_million[unit])
    return {unit: min(amounts) for unit, amounts in found.items() if len(amounts) == 1}
