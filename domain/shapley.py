"""Shapley value of a product of four factors that go from before to after."""

from itertools import combinations
from math import factorial, prod

import numpy as np

from domain.cost_factors import Factors, Values


def effects_of(factors: Factors) -> tuple[Values, Values]:
    """Items × kinds × (volume, mix, cache, intensity, price), and the mix of each item against the average item."""
    size, kind_share = factors.size, factors.kind_share
    product = [factors.volume, factors.share, size * kind_share, factors.price]
    volume, mix, intensity, price = (_others(product, place) for place in range(len(product)))
    change = {name: after - before for name, (before, after) in (("size", size), ("kind", kind_share))}
    effects = [
        volume * (factors.volume[1] - factors.volume[0]),
        mix * (factors.share[1] - factors.share[0]),
        intensity * change["kind"] * size.mean(axis=0),
        intensity * change["size"] * kind_share.mean(axis=0),
        price * (factors.price[1] - factors.price[0]),
    ]
    return np.stack(effects, axis=-1), _mix_against_average(factors, mix)


def _others(factors: list[Values], place: int) -> Values:
    """What one more of the factor at `place` is worth: the others' product over all orders of their change."""
    others = [factor for number, factor in enumerate(factors) if number != place]
    worth: Values = np.zeros(factors[0].shape[1:])
    for changed in range(len(others) + 1):
        weight = factorial(changed) * factorial(len(others) - changed) / factorial(len(factors))
        for chosen in combinations(range(len(others)), changed):
            worth += weight * prod(other[int(n in chosen)] for n, other in enumerate(others))
    return worth


def _mix_against_average(factors: Factors, worth: Values) -> Values:
    """(worth of an item's share − average worth) × change of share. Shares add up to 1, so the sum stays the mix."""
    share = factors.item_share
    unit = np.where(factors.asked, worth, 0.0).sum(axis=1)
    average = (unit * share.mean(axis=0)).sum()
    against: Values = (unit - average) * (share[1] - share[0])
    return against
