"""Whose key a cost is, where the bill names no key: the keys of its project bear it by their tokens."""

from dataclasses import replace

import numpy as np

from domain.exact import Units, added_up
from domain.item_use import Counts, Use


def shared_by_keys(use: Use) -> Use:
    """The same items with the costs of `key` None divided over the keys of the same project and model.

    Each kind is divided by the tokens of that kind, by all tokens where no key has any of it, and by requests without
    tokens; what no key used stays without a key. Every period adds up to its cost exactly.
    """
    places: dict[tuple[str | None, ...], int] = {}
    group = np.array([places.setdefault(item[:-1], len(places)) for item in use.items], dtype=np.int64)
    unnamed = np.array([item.key is None for item in use.items], dtype=bool)
    costs = use.costs.copy()
    for side, tokens, requests in zip(costs, use.tokens, use.requests, strict=True):
        weights = _weights(tokens, requests, group, len(places))
        for kind in range(side.shape[1]):
            due = np.zeros(len(places), dtype=object)
            due[group[unnamed]] = side[unnamed, kind]
            due[added_up(weights[:, kind], group, len(places)) == 0] = 0
            side[unnamed, kind] -= due[group[unnamed]]
            side[:, kind] += _parts(due, weights[:, kind], group)
    found = replace(use, costs=costs)
    return found.only((costs != 0).any(axis=(0, 2)) | use.tokens.any(axis=(0, 2)) | use.requests.any(axis=0))


def _weights(tokens: Counts, requests: Counts, group: Counts, count: int) -> Units:
    """Items × kinds: the first measure that any item of the group has."""
    weights = tokens.astype(object)
    for measure in (tokens.sum(axis=1), requests):
        missing = (added_up(weights, group, count) == 0)[group]
        weights = np.where(missing, measure.astype(object)[:, np.newaxis], weights)
    return weights


def _parts(due: Units, weights: Units, group: Counts) -> Units:
    """What each item bears of its group's cost, in whole units; the largest remainders get what rounding left."""
    total = np.maximum(added_up(weights, group, len(due)), 1)
    shared = abs(due)[group] * weights
    parts, rest = shared // total[group], shared % total[group]
    left = abs(due) - added_up(parts, group, len(due))
    order = np.lexsort((-rest.astype(np.int64), group))
    first = np.searchsorted(group[order], group[order])
    gets_one = np.zeros(len(group), dtype=object)
    gets_one[order] = (np.arange(len(group)) - first < left[group[order]]).astype(object)
    signed: Units = (parts + gets_one) * np.where(due < 0, -1, 1)[group]
    return signed
