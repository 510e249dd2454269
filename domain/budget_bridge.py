"""From the budget of the days so far to what they cost, step by step. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from domain.cost_change import FACTORS, Effects
from domain.exact import rounded
from domain.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Bridge:
    """Adds up exactly: `budget` + `level` + the effects + `without_usage` + `new_features` = `actual`.

    `level` is what the days would have cost as the four weeks before did, minus their budget. The effects are those
    of features that cost something before; what cost nothing then is `new_features`. `without_usage` is the part of
    costs that report no use.
    """

    budget: Decimal
    level: Decimal
    volume: Decimal
    mix: Decimal
    cache: Decimal
    intensity: Decimal
    price: Decimal
    without_usage: Decimal
    new_features: Decimal
    actual: Decimal

    @property
    def steps(self) -> dict[str, Decimal]:
        """The steps from budget to actual, by the names of the fields."""
        names = ("level", "volume", "mix", "cache", "intensity", "price", "without_usage", "new_features")
        return {name: getattr(self, name) for name in names}


def bridge(pro_rated: Decimal, explanation: Explanation) -> Bridge:
    """`explanation` compares the whole days of the period with the four weeks before it, scaled to as many days."""
    total = explanation.total
    new = [part for part in explanation.by("feature") if part.after and not part.before]
    effects = {name: _without(total.effects, [part.effects for part in new], name) for name in FACTORS}
    without_usage = total.without_usage - sum((part.without_usage for part in new), Decimal())
    budget = rounded(Fraction(pro_rated))
    return Bridge(
        budget=budget,
        level=total.before - budget,
        volume=effects["volume"],
        mix=effects["mix"],
        cache=effects["cache"],
        intensity=effects["intensity"],
        price=effects["price"] - without_usage,
        without_usage=without_usage,
        new_features=sum((part.change for part in new), Decimal()),
        actual=total.after,
    )


def _without(total: Effects, new: list[Effects], name: str) -> Decimal:
    own: Decimal = getattr(total, name)
    return own - sum((getattr(effects, name) for effects in new), Decimal())
