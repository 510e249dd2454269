"""Why a bill is not what the reported usage costs at list price: named parts that add up to the gap. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

PARTS = (
    "tax_and_credits",
    "other_units",
    "no_usage",
    "not_billed",
    "unpriced",
    "quantity",
    "cache",
    "tier",
    "price",
    "day_cut",
)
"""In this order on a bridge from usage at list price to the bill. See `Slice.parts` for what each one is."""

_INCOMPARABLE = frozenset({"other_units", "no_usage", "unpriced"})
_COMPARED = frozenset({"not_billed", "quantity", "cache", "tier", "price"})
STANDARD = "standard"
CACHE_KINDS = frozenset({"cache_read_input_tokens", "cache_write_input_tokens"})
TOLERANCE = Decimal("0.01")
"""A day's bill of a model agrees with its usage when they differ by no more than this: vendors round each request,
and reports of usage and costs come from different pipelines."""
DAY_CUT_TOLERANCE = Decimal("0.2")
"""Two neighbouring days are cut apart elsewhere when their gaps cancel but for this part of the larger one."""

_EXACT = Context(prec=60)
_UNIT = Decimal("1E-12")
_NOTHING = Decimal(0)
_A_DAY = timedelta(days=1)


class Cell(NamedTuple):
    """One row of cost/reconciliation_cells: a kind of token on a tier, or another unit; None is unknown."""

    provider: str
    day: date
    model: str | None
    service_tier: str
    token_type: str | None
    unit: str | None
    charge_category: str
    billed_cost: Decimal | None
    billed_quantity: Decimal | None
    tokens: int | None
    estimated_cost: Decimal | None
    gateway_cost: Decimal | None

    @property
    def gap(self) -> Decimal:
        """Bill minus usage at list price."""
        return (self.billed_cost or _NOTHING) - (self.estimated_cost or _NOTHING)


@dataclass(slots=True)
class Slice:
    """One (provider, day, model). `parts`, those that are not 0, add up to `bill` − `estimate` exactly.

    tax_and_credits: charges that are no usage. other_units: billed by calls, images, seconds or hours, which have no
    list price here. no_usage: billed tokens without any reported. not_billed: reported tokens without a bill.
    unpriced: the bill of tokens whose model or tier has no list price. quantity: billed tokens that usage does not
    report (or the reverse), at list price. cache: cached input billed at another price than the list's. tier: batch,
    priority and the like at another price. price: input and output at another price: a discount, an older or newer
    price list, long context. day_cut: what neighbouring days hold of each other.

    `usage_bill` was billed for usage, on the day that usage has it; usage at list price explains `agreed` of it within
    `TOLERANCE`. What cannot be compared, for want of usage or of a price, is not agreed; the rest agrees as a whole or
    not.
    """

    provider: str
    day: date
    model: str | None
    bill: Decimal = _NOTHING
    estimate: Decimal = _NOTHING
    gateway: Decimal | None = None
    parts: dict[str, Decimal] = field(default_factory=dict)
    usage_bill: Decimal = _NOTHING
    agreed: Decimal = _NOTHING

    @property
    def gap(self) -> Decimal:
        """Bill minus usage at list price."""
        return self.bill - self.estimate

    def part(self, name: str) -> Decimal:
        """One of `PARTS`."""
        return self.parts.get(name, _NOTHING)

    def add(self, name: str, amount: Decimal) -> None:
        """Lets a part grow; one that comes to 0 is gone."""
        grown = self.parts.get(name, _NOTHING) + amount
        if grown:
            self.parts[name] = grown
        else:
            self.parts.pop(name, None)

    def settle(self) -> None:
        """Decides, once its parts are final, what of the bill agrees."""
        self.usage_bill = compared = self.bill - self.part("tax_and_credits") - self.part("day_cut")
        rest = _NOTHING
        for name, amount in self.parts.items():
            if name in _INCOMPARABLE:
                compared -= amount
            elif name in _COMPARED:
                rest += amount
        self.agreed = compared if abs(rest) <= _EXACT.multiply(TOLERANCE, abs(compared)) else _NOTHING


@dataclass(slots=True)
class _Kind:
    """The cells of one kind of token on one tier, added up; None: no cell tells."""

    billed: Decimal | None = None
    quantity: Decimal | None = None
    tokens: int = 0
    estimated: Decimal = _NOTHING
    has_unpriced: bool = False

    @property
    def gap(self) -> Decimal:
        return (self.billed or _NOTHING) - self.estimated

    def add(self, billed: Decimal | None, quantity: Decimal | None, tokens: int | None, cost: Decimal | None) -> None:
        if billed is not None:
            self.billed = billed if self.billed is None else self.billed + billed
        if quantity is not None:
            self.quantity = quantity if self.quantity is None else self.quantity + quantity
        if tokens:
            self.tokens += tokens
            self.has_unpriced |= cost is None
        if cost is not None:
            self.estimated += cost


_Tier = dict[str | None, _Kind]


def reconcile(cells: Iterable[Cell]) -> list[Slice]:
    """One slice per (provider, day, model), in that order; the gap of each in parts without a rest."""
    grouped: dict[tuple[str, date, str | None], list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell[:3]].append(cell)
    order = sorted(grouped, key=lambda key: (key[0], key[1], key[2] or ""))
    slices = [_slice(*key, grouped[key]) for key in order]
    _cut_days(slices)
    for one in slices:
        one.settle()
    return slices


def _slice(provider: str, day: date, model: str | None, cells: Sequence[Cell]) -> Slice:
    found = Slice(provider, day, model)
    usage = []
    for cell in cells:
        if cell.billed_cost is not None:
            found.bill += cell.billed_cost
        if cell.estimated_cost is not None:
            found.estimate += cell.estimated_cost
        if cell.gateway_cost is not None:
            found.gateway = cell.gateway_cost + (found.gateway or _NOTHING)
        if cell.charge_category != "Usage":
            found.add("tax_and_credits", cell.gap)
        elif _in_other_units(cell):
            found.add("other_units", cell.gap)
        else:
            usage.append(cell)
    tiers = _by_tier(usage)
    is_used = any(kind.tokens for kinds in tiers.values() for kind in kinds.values())
    for tier, kinds in tiers.items():
        _explain(found, tier, kinds, is_used=is_used)
    return found


def _in_other_units(cell: Cell) -> bool:
    is_billed_without_kind = cell.token_type is None and cell.billed_cost is not None
    return is_billed_without_kind and (cell.model is None or cell.unit not in (None, "tokens", "token"))


def _by_tier(usage: Sequence[Cell]) -> dict[str, _Tier]:
    """A bill that knows no tiers covers those of the usage, one that knows no kinds of token covers all kinds."""
    has_tiers = any(c.service_tier != STANDARD and c.billed_cost is not None for c in usage)
    tiers: dict[str, _Tier] = defaultdict(lambda: defaultdict(_Kind))
    has_kinds = {c.service_tier if has_tiers else STANDARD for c in usage if c.token_type and c.billed_cost is not None}
    for c in usage:
        tier = c.service_tier if has_tiers else STANDARD
        kind = tiers[tier][c.token_type if tier in has_kinds else None]
        kind.add(c.billed_cost, c.billed_quantity, c.tokens, c.estimated_cost)
    return tiers


def _explain(found: Slice, tier: str, kinds: _Tier, *, is_used: bool) -> None:
    whole = _whole_reason(kinds.values(), is_used=is_used)
    for name, kind in kinds.items():
        if whole:
            found.add(whole, kind.gap)
            continue
        quantity = _quantity(kind)
        found.add("quantity", quantity)
        found.add("cache" if name in CACHE_KINDS else "price" if tier == STANDARD else "tier", kind.gap - quantity)


def _whole_reason(kinds: Collection[_Kind], *, is_used: bool) -> str | None:
    """The part that takes all of a tier: what cannot be compared has one reason."""
    if all(kind.billed is None for kind in kinds):
        return "not_billed"
    if not is_used or not any(kind.tokens for kind in kinds):
        return "no_usage"
    return "unpriced" if any(kind.has_unpriced for kind in kinds) else None


def _quantity(kind: _Kind) -> Decimal:
    """Tokens billed beyond those reported, at the list price of the reported; 0 when the bill names no quantity."""
    if kind.quantity is None or not kind.tokens or kind.quantity == kind.tokens:
        return _NOTHING
    more = _EXACT.subtract(kind.quantity, kind.tokens)
    cost = _EXACT.divide(_EXACT.multiply(more, kind.estimated), Decimal(kind.tokens))
    return cost.quantize(_UNIT, ROUND_HALF_EVEN, _EXACT)


def _cut_days(slices: Sequence[Slice]) -> None:
    """Moves to `day_cut` what neighbouring days of one model owe each other; it adds up to 0 over the two."""
    by_key = {(s.provider, s.model, s.day): s for s in slices}
    for part in ("quantity", "price"):
        for today in sorted(slices, key=lambda s: (s.provider, s.model or "", s.day)):
            here = today.parts.get(part)
            tomorrow = by_key.get((today.provider, today.model, today.day + _A_DAY)) if here else None
            there = tomorrow.parts.get(part) if tomorrow else None
            if not (here and tomorrow and there):
                continue
            if here * there >= 0 or abs(here + there) > DAY_CUT_TOLERANCE * max(abs(here), abs(there)):
                continue
            shift = min(abs(here), abs(there)).copy_sign(here)
            for day, amount in ((today, shift), (tomorrow, -shift)):
                day.add(part, -amount)
                day.add("day_cut", amount)
