"""The lines of prices.toml that would give usage its price. Pure."""

import json
from collections.abc import Sequence

PLACEHOLDER = "USD"
"""Stands where the operator writes the price: a word, so that a forgotten one is told and never counts as free."""


def price_lines(provider: str, model: str | None, service_tier: str, units: Sequence[str]) -> str:
    """One `[[price]]` table for some units of a model on a tier, with a place for each price."""
    prices = ", ".join(f'{unit} = "{PLACEHOLDER}"' for unit in units)
    keys = {"provider": provider, "model": model or "", "service_tier": service_tier}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    return "\n".join(["[[price]]", *lines, f"per_million = {{ {prices} }}"])
