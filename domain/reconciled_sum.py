"""Slices of a reconciliation added up: by model, by day, or all of them. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from domain.reconciliation import Slice

K = TypeVar("K", bound=Hashable)

_NOTHING = Decimal(0)


@dataclass(slots=True)
class Sum:
    """What some slices come to; `parts`, by name, add up to `gap` exactly. `gateway` is None where none estimates.

    `reconcilable` and `agreed` add up sizes, so that a credit of one day does not hide the bill of another.
    """

    bill: Decimal = _NOTHING
    estimate: Decimal = _NOTHING
    gateway: Decimal | None = None
    reconcilable: Decimal = _NOTHING
    agreed: Decimal = _NOTHING
    parts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def gap(self) -> Decimal:
        """Bill minus usage at list price."""
        return self.bill - self.estimate

    @property
    def reconciled_ratio(self) -> Decimal | None:
        """The part of what was billed for usage that agrees with it; None without such a bill."""
        return self.agreed / self.reconcilable if self.reconcilable else None

    def add(self, other: "Sum") -> None:
        """Takes another sum in."""
        self.bill += other.bill
        self.estimate += other.estimate
        if other.gateway is not None:
            self.gateway = other.gateway + (self.gateway or _NOTHING)
        self.reconcilable += other.reconcilable
        self.agreed += other.agreed
        for name, amount in other.parts.items():
            self.parts[name] = self.parts.get(name, _NOTHING) + amount


def of_slice(one: Slice) -> Sum:
    """The sum of one slice."""
    return Sum(one.bill, one.estimate, one.gateway, abs(one.usage_bill), abs(one.agreed), one.parts)


def summed(slices: Iterable[Slice], key: Callable[[Slice], K]) -> dict[K, Sum]:
    """The sum of the slices of each key."""
    sums: dict[K, Sum] = defaultdict(Sum)
    for one in slices:
        sums[key(one)].add(of_slice(one))
    return sums


def total(slices: Iterable[Slice]) -> Sum:
    """The sum of all slices."""
    whole = Sum()
    for one in slices:
        whole.add(of_slice(one))
    return whole
