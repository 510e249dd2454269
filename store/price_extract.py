"""Prices of tiers, images and tools that genai-prices lacks: a vendored extract of LiteLLM's price map.

`python -m scripts.extract_prices` makes litellm_prices.json, which names its package, date and licence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "litellm_prices.json"

Prices = Mapping[str, Mapping[str, Mapping[str, Mapping[str, Decimal]]]]
"""provider → model ('' for a tool) → tier → unit → USD per million."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The extract; `version` says which release of LiteLLM it is from."""

    version: str
    by_provider: Prices

    def prices(self, provider: str, model: str, tier: str) -> dict[str, Decimal]:
        """Unit → USD per million; empty when it has none."""
        return dict(self.by_provider.get(provider, {}).get(model, {}).get(tier, {}))


@cache
def extract() -> Extract:
    """The extract, read once."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    by_provider = {
        provider: {
            model: {tier: {unit: Decimal(amount) for unit, amount in units.items()} for tier, units in tiers.items()}
            for model, tiers in models.items()
        }
        for provider, models in content["prices"].items()
    }
    return Extract(content["version"], by_provider)
