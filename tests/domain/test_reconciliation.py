"""Bill and usage at list price: each gap has a name, and the names add up to it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reconciled_sum import summed, total
from domain.reconciliation import PARTS, Cell, Slice, reconcile

DAY = date(2026, 11, 2)


def cell(**changes: Any) -> Cell:
    """Input tokens of one day on the standard tier; nothing billed, nothing used."""
    values: dict[str, Any] = {
        "provider": "openai",
        "day": DAY,
        "model": "gpt-5.4",
        "service_tier": "standard",
        "token_type": "uncached_input_tokens",
        "unit": "tokens",
        "charge_category": "Usage",
        **dict.fromkeys(("billed_cost", "billed_quantity", "tokens", "estimated_cost", "gateway_cost")),
        **changes,
    }
    for name in ("billed_cost", "billed_quantity", "estimated_cost", "gateway_cost"):
        values[name] = None if values[name] is None else Decimal(values[name])
    return Cell(**values)


def billed(cost: str, **changes: Any) -> Cell:
    return cell(billed_cost=cost, **changes)


def used(tokens: int, cost: str | None, **changes: Any) -> Cell:
    return cell(tokens=tokens, estimated_cost=cost, **changes)


def parts(*cells: Cell) -> dict[str, Decimal]:
    """The parts that are not 0, over all slices."""
    sums = total(reconcile(cells)).parts
    assert sums.keys() <= set(PARTS)
    return {name: amount for name, amount in sums.items() if amount}


def only(*cells: Cell) -> Slice:
    (found,) = reconcile(cells)
    return found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([billed("10"), used(1000, "10")], {}),
        ([billed("9"), used(1000, "10")], {"price": "-1"}),
        (
            [billed("3", charge_category="Tax", token_type=None), billed("10"), used(1000, "10")],
            {"tax_and_credits": "3"},
        ),
        ([billed("-3", charge_category="Credit"), billed("10"), used(1000, "10")], {"tax_and_credits": "-3"}),
        ([billed("7", token_type=None, model=None, unit="calls")], {"other_units": "7"}),
        ([billed("7", token_type=None, unit="images")], {"other_units": "7"}),
        ([billed("10")], {"no_usage": "10"}),
        ([used(1000, "10")], {"not_billed": "-10"}),
        ([billed("10"), used(1000, None)], {"unpriced": "10"}),
        (
            [billed("12", service_tier="priority"), used(5, None, service_tier="priority"), billed("1"), used(5, "1")],
            {"unpriced": "12"},
        ),
        ([billed("12", billed_quantity="1200"), used(1000, "10")], {"quantity": "2"}),
        ([billed("13", billed_quantity="1200"), used(1000, "10")], {"quantity": "2", "price": "1"}),
        (
            [
                billed("2", token_type="cache_read_input_tokens"),
                used(9, "1", token_type="cache_read_input_tokens"),
                billed("1"),
                used(9, "1"),
            ],
            {"cache": "1"},
        ),
        ([billed("6", service_tier="batch"), used(9, "5", service_tier="batch")], {"tier": "1"}),
        ([billed("15"), used(9, "5", service_tier="batch"), used(9, "10")], {}),
        ([billed("8", token_type=None, unit=None), used(9, "10")], {"price": "-2"}),
        ([billed("11"), used(9, "10"), cell(token_type=None, estimated_cost="1")], {}),
    ],
)
def test_each_cause_has_its_name(cells: list[Cell], expected: dict[str, str]) -> None:
    assert parts(*cells) == {name: Decimal(amount) for name, amount in expected.items()}


def test_neighbouring_days_that_cancel_are_cut_at_another_hour() -> None:
    tomorrow = DAY + timedelta(days=1)
    slices = reconcile([billed("12"), used(9, "10"), billed("8", day=tomorrow), used(9, "10", day=tomorrow)])
    assert [s.part("day_cut") for s in slices] == [2, -2]
    assert [s.part("price") for s in slices] == [0, 0]
    assert total(slices).reconciled_ratio == 1


def test_a_discount_on_every_day_is_no_cut_of_days() -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    cells = [c for d in days for c in (billed("9", day=d), used(9, "10", day=d))]
    assert parts(*cells) == {"price": Decimal(-3)}


def test_a_gateway_has_its_own_estimate_and_changes_no_part() -> None:
    found = only(billed("10"), used(9, "10"), cell(token_type=None, gateway_cost="8"))
    assert found.gateway == 8
    assert found.gap == 0


def test_the_reconciled_share_counts_what_agrees_within_one_percent() -> None:
    cells = [
        billed("100"),
        used(9, "99"),
        billed("300", model="other"),
        used(9, "296", model="other"),
    ]
    assert total(reconcile(cells)).reconciled_ratio == Decimal("0.25")
    assert total([]).reconciled_ratio is None


def test_what_cannot_be_compared_leaves_the_rest_of_the_day_agreed() -> None:
    found = only(
        billed("30", service_tier="priority"),
        used(5, None, service_tier="priority"),
        billed("70"),
        used(5, "70"),
        billed("9", charge_category="Tax", token_type=None),
    )
    assert (found.usage_bill, found.agreed) == (Decimal(100), Decimal(70))


MONEY = st.none() | st.integers(-(10**15), 10**15).map(lambda n: Decimal(n).scaleb(-12))
CELLS = st.builds(
    Cell,
    provider=st.sampled_from(["a", "b"]),
    day=st.integers(0, 3).map(lambda n: DAY + timedelta(days=n)),
    model=st.sampled_from(["m", None]),
    service_tier=st.sampled_from(["standard", "batch", "priority"]),
    token_type=st.sampled_from(["uncached_input_tokens", "cache_read_input_tokens", "output_tokens", None]),
    unit=st.sampled_from([None, "tokens", "images"]),
    charge_category=st.sampled_from(["Usage", "Usage", "Tax"]),
    billed_cost=MONEY,
    billed_quantity=MONEY,
    tokens=st.none() | st.integers(0, 10**9),
    estimated_cost=MONEY,
    gateway_cost=MONEY,
)


@given(st.lists(CELLS, max_size=20))
def test_parts_add_up_to_the_gap_whatever_comes(cells: list[Cell]) -> None:
    for found in reconcile(cells):
        assert sum(found.parts.values()) == found.gap
    total = sum((c.billed_cost for c in cells if c.billed_cost is not None), Decimal(0))
    assert sum((s.bill for s in reconcile(cells)), Decimal(0)) == total


@given(st.lists(CELLS, max_size=20))
def test_sums_by_day_add_up_to_the_sum_of_all(cells: list[Cell]) -> None:
    slices = reconcile(cells)
    by_day, whole = summed(slices, lambda s: s.day), total(slices)
    for name in ("bill", "estimate", "gap", "reconcilable", "agreed"):
        assert sum((getattr(one, name) for one in by_day.values()), Decimal(0)) == getattr(whole, name)
    assert sum(whole.parts.values()) == whole.gap
