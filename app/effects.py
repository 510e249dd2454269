"""What each effect is called, and what exactly it means."""

from dataclasses import dataclass
from decimal import Decimal

from domain.explanation import Part


@dataclass(frozen=True, slots=True)
class Effect:
    """One reason why a cost moved, as bars and columns name it."""

    key: str
    label: str
    help: str

    def of(self, part: Part) -> Decimal:
        """What it moved of a part."""
        if self.key in ("price", "without_usage"):
            return Decimal(getattr(part, self.key))
        return Decimal(getattr(part.effects, self.key))


EFFECTS = (
    Effect(
        "volume",
        "Volume",
        "More or fewer requests of the whole scope, at unchanged shares, tokens per request and prices. "
        "Where a provider reports no requests, tokens are counted instead and split among themselves.",
    ),
    Effect(
        "mix",
        "Mix",
        "Use moved between items; an item is a model as one feature uses it. In all: towards dearer or cheaper ones. "
        "In a row: its share of the use grew or shrank. What is new or gone is here and in volume, never in price.",
    ),
    Effect(
        "cache",
        "Cache",
        "Input moved between uncached tokens, cache reads and cache writes, at unchanged input per request.",
    ),
    Effect(
        "intensity",
        "Tokens per request",
        "Longer or shorter requests: input and output tokens per request. "
        "Where only tokens are counted: more or less output per input.",
    ),
    Effect(
        "price",
        "Price",
        "What a token cost: list price, discounts, credits and service tiers such as batch. "
        "A fee counts per request; a bill without kinds of tokens is divided by all tokens.",
    ),
    Effect(
        "without_usage",
        "No usage known",
        "Costs of items that report neither requests nor tokens, such as tool calls, storage or shared costs: "
        "what moved them cannot be told.",
    ),
)

METHOD = (
    "Each effect is the average over all orders in which the factors could have changed (the Shapley value), "
    "so that the effects add up to the change exactly, in all and in every row, with nothing left over."
)


def shown(total: Part) -> tuple[Effect, ...]:
    """The effects to draw: `No usage known` only where there is such a cost."""
    return tuple(effect for effect in EFFECTS if effect.key != "without_usage" or total.without_usage)


def told() -> str:
    """All meanings, for a help text."""
    return "\n\n".join([f"**{effect.label}.** {effect.help}" for effect in EFFECTS] + [METHOD])
