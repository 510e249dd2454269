"""One price list out of several: what is negotiated over what is published, discounts, and disjoint spans. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import pairwise

from domain.price import PriceList

_PLACES = Decimal("1E-12")
"""Digits of a stored price."""


@dataclass(frozen=True, slots=True)
class Discount:
    """A negotiated part off the published prices during `[valid_from, valid_to)`; globs are case-sensitive."""

    provider: str
    model: str
    service_tier: str
    discount_ratio: Decimal
    valid_from: date
    valid_to: date

    def covers(self, provider: str, model: str, service_tier: str) -> bool:
        """True when it holds for these prices at some time."""
        return (
            fnmatchcase(provider, self.provider)
            and fnmatchcase(model, self.model)
            and fnmatchcase(service_tier, self.service_tier)
        )


def first_in_force(lists: Sequence[PriceList]) -> list[PriceList]:
    """On each day the first of the lists that is in force, as disjoint spans, newest first."""
    return _spans(lists, lambda in_force: in_force[0])


def unit_by_unit(lists: Sequence[PriceList]) -> list[PriceList]:
    """On each day and for each unit the price of the first list that has one, as disjoint spans, newest first."""
    return _spans(lists, _merged)


def discounted(lists: Sequence[PriceList], discounts: Sequence[Discount]) -> list[PriceList]:
    """The lists less the first discount that holds on each day, as disjoint spans, newest first."""
    if not discounts:
        return list(lists)
    found = []
    for prices in lists:
        cuts = {d for one in discounts for d in (one.valid_from, one.valid_to)}
        for start, end in pairwise(sorted({prices.valid_from, prices.valid_to, *_within(cuts, prices)})):
            part = replace(prices, valid_from=start, valid_to=end)
            holding = next((d for d in discounts if d.valid_from <= start < d.valid_to), None)
            found.append(part if holding is None else _less(part, holding))
    return sorted(found, key=lambda prices: prices.valid_from, reverse=True)


def with_factor(prices: PriceList, factor: Decimal, label: str) -> PriceList:
    """The list with all prices of tokens times a factor; tools cost the same on every tier."""
    return replace(
        prices,
        version=label,
        per_million={
            unit: (amount * factor).quantize(_PLACES) if unit.endswith("_tokens") else amount
            for unit, amount in prices.per_million.items()
        },
    )


def _merged(in_force: Sequence[PriceList]) -> PriceList:
    prices: dict[str, Decimal] = {}
    versions = []
    for one in in_force:
        added = {unit: amount for unit, amount in one.per_million.items() if unit not in prices}
        if added:
            prices |= added
            versions += [one.version] if one.version not in versions else []
    return replace(in_force[0], version=", else ".join(versions), per_million=prices)


def _less(prices: PriceList, discount: Discount) -> PriceList:
    factor = 1 - discount.discount_ratio
    percent = f"{(discount.discount_ratio * 100).normalize():f}"
    return replace(
        prices,
        version=f"{prices.version} -{percent}%",
        per_million={unit: (amount * factor).quantize(_PLACES) for unit, amount in prices.per_million.items()},
    )


def _within(cuts: Iterable[date], prices: PriceList) -> Iterator[date]:
    return (cut for cut in cuts if prices.valid_from < cut < prices.valid_to)


def _spans(lists: Sequence[PriceList], choose: Callable[[Sequence[PriceList]], PriceList]) -> list[PriceList]:
    found: list[PriceList] = []
    for start, end in pairwise(sorted({day for prices in lists for day in (prices.valid_from, prices.valid_to)})):
        in_force = [prices for prices in lists if prices.valid_from <= start < prices.valid_to]
        if not in_force:
            continue
        chosen = replace(choose(in_force), valid_from=start, valid_to=end)
        before = found[-1] if found else None
        if before and before.valid_to == start and _alike(before, chosen):
            found[-1] = replace(before, valid_to=end)
        else:
            found.append(chosen)
    return found[::-1]


def _alike(one: PriceList, other: PriceList) -> bool:
    return (one.version, one.per_million) == (other.version, other.per_million)
