"""Why a bill is not what the reported usage costs at list price: named parts that add up to the gap. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

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

_INCOMPARABLE = ("other_units", "no_usage", "unpriced")
_COMPARED = ("not_billed", "quantity", "cache", "tier", "price")
STANDARD = "standard"
CACHE_KINDS = frozenset({"cache_read_input_tokens", "cache_write_input_tokens"})
TOLERANCE = Decimal("0.01")
"""A day's bill of a model agrees with its usage when they differ by no more than this: vendors round each request,
and reports of usage and costs come from different pipelines."""
DAY_CUT_TOLERANCE = Decimal("0.2")
"""Two neighbouring days are cut apart elsewhere when their gaps cancel but for this part of the larger one."""

_EXACT = Context(prec=60)
_UNIT = Decimal("1E-12")


@dataclass(frozen=True, slots=True)
class Cell:
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


@dataclass(slots=True)
class Slice:
    """One (provider, day, model). `parts` add up to `bill` − `estimate` exactly.

    tax_and_credits: charges that are no usage. other_units: billed by calls, images, seconds or hours, which have no
    list price here. no_usage: billed tokens without any reported. not_billed: reported tokens without a bill.
    unpriced: the bill of tokens whose model or tier has no list price. quantity: billed tokens that usage does not
    report (or the reverse), at list price. cache: cached input billed at another price than the list's. tier: batch,
    priority and the like at another price. price: input and output at another price: a discount, an older or newer
    price list, long context. day_cut: what neighbouring days hold of each other.
    """

    provider: str
    day: date
    model: str | None
    bill: Decimal = Decimal(0)
    estimate: Decimal = Decimal(0)
    gateway: Decimal | None = None
    parts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(PARTS, Decimal(0)))

    @property
    def gap(self) -> Decimal:
        """Bill minus usage at list price."""
        return self.bill - self.estimate

    @property
    def usage_bill(self) -> Decimal:
        """What was billed for usage, on the day that usage has it."""
        return self.bill - self.parts["tax_and_credits"] - self.parts["day_cut"]

    @property
    def agreed(self) -> Decimal:
        """The part of `usage_bill` that usage at list price explains within `TOLERANCE`.

        What cannot be compared, for want of usage or of a price, is not agreed; the rest agrees as a whole or not.
        """
        compared = self.usage_bill - sum((self.parts[name] for name in _INCOMPARABLE), Decimal(0))
        rest = sum((self.parts[name] for name in _COMPARED), Decimal(0))
        return compared if abs(rest) <= _EXACT.multiply(TOLERANCE, abs(compared)) else Decimal(0)


def reconcile(cells: Iterable[Cell]) -> list[Slice]:
    """One slice per (provider, day, model), in that order; the gap of each in parts without a rest."""
    grouped: dict[tuple[str, date, str | None], list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.provider, cell.day, cell.model].append(cell)
    order = sorted(grouped, key=lambda key: (key[0], key[1], key[2] or ""))
    slices = [_slice(*key, grouped[key]) for key in order]
    _cut_days(slices)
    return slices


def reconciled_ratio(slices: Sequence[Slice]) -> Decimal | None:
    """The part of what was billed for usage that agrees with it; None without such a bill."""
    billed = sum((abs(s.usage_bill) for s in slices), Decimal(0))
    agreed = sum((abs(s.agreed) for s in slices), Decimal(0))
    return agreed / billed if billed else None


def _slice(provider: str, day: date, model: str | None, cells: Sequence[Cell]) -> Slice:
    found = Slice(provider, day, model)
    found.bill, found.estimate = _total(cells, "billed_cost"), _total(cells, "estimated_cost")
    through = [c.gateway_cost for c in cells if c.gateway_cost is not None]
    found.gateway = sum(through, Decimal(0)) if through else None
    usage = []
    for cell in cells:
        if cell.charge_category != "Usage":
            found.parts["tax_and_credits"] += _gap([cell])
        elif _in_other_units(cell):
            found.parts["other_units"] += _gap([cell])
        else:
            usage.append(cell)
    tiers = defaultdict(list)
    billed_tiers = {c.service_tier for c in usage if c.billed_cost is not None}
    for cell in usage:  # a bill that knows no tiers covers those of the usage
        tiers[cell.service_tier if billed_tiers - {STANDARD} else STANDARD].append(cell)
    is_used = any(c.tokens for c in usage)
    for tier, of_tier in tiers.items():
        _explain(found.parts, tier, of_tier, is_used=is_used)
    return found


def _in_other_units(cell: Cell) -> bool:
    is_billed_without_kind = cell.billed_cost is not None and cell.token_type is None
    return is_billed_without_kind and (cell.model is None or cell.unit not in (None, "tokens", "token"))


def _explain(parts: dict[str, Decimal], tier: str, cells: Sequence[Cell], *, is_used: bool) -> None:
    if all(c.billed_cost is None for c in cells):
        parts["not_billed"] += _gap(cells)
        return
    if not is_used or not any(c.tokens for c in cells):
        parts["no_usage"] += _gap(cells)
        return
    if any(c.tokens and c.estimated_cost is None for c in cells):
        parts["unpriced"] += _gap(cells)
        return
    kinds = defaultdict(list)
    has_kinds = any(c.billed_cost is not None and c.token_type for c in cells)
    for cell in cells:
        kinds[cell.token_type if has_kinds else None].append(cell)
    for kind, of_kind in kinds.items():
        quantity = _quantity(of_kind)
        parts["quantity"] += quantity
        rest = "cache" if kind in CACHE_KINDS else "price" if tier == STANDARD else "tier"
        parts[rest] += _gap(of_kind) - quantity


def _gap(cells: Sequence[Cell]) -> Decimal:
    return _total(cells, "billed_cost") - _total(cells, "estimated_cost")


def _total(cells: Sequence[Cell], name: str) -> Decimal:
    return sum((value for c in cells if (value := getattr(c, name)) is not None), Decimal(0))


def _quantity(cells: Sequence[Cell]) -> Decimal:
    """Tokens billed beyond those reported, at the list price of the reported; 0 when the bill names no quantity."""
    quantities = [c.billed_quantity for c in cells if c.billed_quantity is not None]
    tokens = sum(c.tokens or 0 for c in cells)
    if not quantities or not tokens:
        return Decimal(0)
    more = _EXACT.subtract(sum(quantities, Decimal(0)), tokens)
    cost = _EXACT.divide(_EXACT.multiply(more, _total(cells, "estimated_cost")), Decimal(tokens))
    return cost.quantize(_UNIT, ROUND_HALF_EVEN, _EXACT)


def _cut_days(slices: Sequence[Slice]) -> None:
    """Moves to `day_cut` what neighbouring days of one model owe each other; it adds up to 0 over the two."""
    by_key = {(s.provider, s.model, s.day): s for s in slices}
    for part in ("quantity", "price"):
        for today in sorted(slices, key=lambda s: (s.provider, s.model or "", s.day)):
            tomorrow = by_key.get((today.provider, today.model, today.day + timedelta(days=1)))
            if tomorrow is None:
                continue
            here, there = today.parts[part], tomorrow.parts[part]
            if here * there >= 0 or abs(here + there) > DAY_CUT_TOLERANCE * max(abs(here), abs(there)):
                continue
            shift = min(abs(here), abs(there)).copy_sign(here)
            for day, amount in ((today, shift), (tomorrow, -shift)):
                day.parts[part] -= amount
                day.parts["day_cut"] += amount
