"""Makes store/litellm_prices.json from a release of LiteLLM, for prices that genai-prices lacks.

    python -m scripts.extract_prices 1.106.2

downloads that release into a temporary folder and reads its price map; LiteLLM itself is never imported.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from domain.price import MILLION, STANDARD
from store.price_extract import FILE

MAP = "litellm/model_prices_and_context_window_backup.json"

PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}
"""LiteLLM's word for a provider → ours, for those that sell tiers alike in every region."""

STANDARD_OF = frozenset({"openai", "anthropic"})
"""Providers with a collector: prices of the standard tier are kept too, for models that genai-prices does not price."""

TIERS = {STANDARD: "", "batch": "_batches", "flex": "_flex", "priority": "_priority"}
"""Tier → what LiteLLM appends to a field's name."""

TOKEN_FIELDS = {
    "uncached_input_tokens": "input_cost_per_token",
    "cache_read_input_tokens": "cache_read_input_token_cost",
    "cache_write_5m_input_tokens": "cache_creation_input_token_cost",
    "cache_write_1h_input_tokens": "cache_creation_input_token_cost_above_1hr",
    "cache_write_input_tokens": "cache_creation_input_token_cost",
    "output_tokens": "output_cost_per_token",
    "input_audio_tokens": "input_cost_per_audio_token",
    "cache_read_audio_tokens": "cache_read_input_audio_token_cost",
    "output_audio_tokens": "output_cost_per_audio_token",
    "input_image_tokens": "input_cost_per_image_token",
    "cache_read_image_tokens": "cache_read_input_image_token_cost",
    "output_image_tokens": "output_cost_per_image_token",
}
TEXT_PRICE_OF_IMAGES = {
    "input_image_tokens": "uncached_input_tokens",
    "cache_read_image_tokens": "cache_read_input_tokens",
    "output_image_tokens": "output_tokens",
}
"""Images of a model without a price of their own are billed as any other token."""

QUANTITY_FIELDS = {"characters": "input_cost_per_character", "audio_seconds": "input_cost_per_second"}
"""Prices for each image are left out: they depend on the quality, which no usage report tells."""

SESSION_ENTRY = {"openai": "openai/container"}
SESSION_FIELD = "code_interpreter_cost_per_session"

_VARIANT_NAME = re.compile(r"^ft:|^fast/|^\d|^(low|medium|high|standard|hd|auto)/")
"""Fine-tuned models and pictures by size are other things than the model they name."""
_DATE = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8})$")

Tiers = dict[str, dict[str, str]]


def main(version: str) -> None:
    """Writes the extract of one release. Raises CalledProcessError when it cannot be downloaded."""
    with tempfile.TemporaryDirectory(prefix="burnline-prices-") as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", f"litellm=={version}", "-d", folder]
        subprocess.run(command, check=True)  # noqa: S603  fixed words and a version
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            found = json.loads(archive.read(MAP), parse_float=Decimal)
            made_on = date(*archive.getinfo(MAP).date_time[:3])
            licence = next(name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
            terms = archive.read(licence).decode()
    content = {
        "version": f"litellm@{version}",
        "extracted_from": MAP,
        "date": made_on.isoformat(),
        "unit": "USD per million",
        "license": terms[terms.index("MIT License") :].split("\n"),
        "prices": extracted(found),
    }
    FILE.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def extracted(price_map: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Tiers]]:
    """provider → model → tier → unit → USD per million as text, of the providers that are kept."""
    kept: dict[str, dict[str, Tiers]] = {provider: {} for provider in PROVIDERS.values()}
    for name, entry in price_map.items():
        provider = PROVIDERS.get(entry.get("litellm_provider", ""))
        if provider is None or _VARIANT_NAME.match(name):
            continue
        tiers = _tiers(entry, with_standard=provider in STANDARD_OF)
        if tiers:
            kept[provider][name.split("/")[-1]] = tiers
    for provider, entry_name in SESSION_ENTRY.items():
        price = price_map[entry_name][SESSION_FIELD]
        kept[provider][""] = {STANDARD: {"sessions": _per_million(price)}}
    return {provider: _without_repeats(models) for provider, models in kept.items()}


def _tiers(entry: Mapping[str, Any], *, with_standard: bool) -> Tiers:
    found = {tier: _amounts(entry, suffix) for tier, suffix in TIERS.items() if tier != STANDARD or with_standard}
    return {tier: amounts for tier, amounts in found.items() if amounts}


def _amounts(entry: Mapping[str, Any], suffix: str) -> dict[str, str]:
    fields = TOKEN_FIELDS if suffix else {**TOKEN_FIELDS, **QUANTITY_FIELDS}
    prices = {unit: entry[field + suffix] for unit, field in fields.items() if entry.get(field + suffix) is not None}
    for unit, text in TEXT_PRICE_OF_IMAGES.items():
        if text in prices and entry.get(TOKEN_FIELDS[unit]) is None:
            prices.setdefault(unit, prices[text])
    return {unit: _per_million(price) for unit, price in prices.items()}


def _per_million(price: Decimal | int) -> str:
    return f"{(Decimal(price) * MILLION).normalize():f}"


def _without_repeats(models: dict[str, Tiers]) -> dict[str, Tiers]:
    """A dated name that says what the undated one says is found under that."""
    undated = {name: _DATE.sub("", name) for name in models}
    return {
        name: tiers for name, tiers in models.items() if undated[name] == name or models.get(undated[name]) != tiers
    }


if __name__ == "__main__":
    main(sys.argv[1])
