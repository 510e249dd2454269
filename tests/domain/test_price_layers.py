"""Price lists over one another: on every day and for every unit exactly one price, whichever way they overlap."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.price import PriceList
from domain.price_layers import Discount, discounted, first_in_force, unit_by_unit, with_factor

FIRST = date(2026, 1, 1)
UNITS = ("input", "output")
DAYS = [FIRST + timedelta(days=n) for n in range(12)]


@st.composite
def lists(draw: st.DrawFn) -> list[PriceList]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True)))
        units = draw(st.lists(st.sampled_from(UNITS), min_size=1, unique=True))
        prices = {unit: Decimal(number * 10 + place) for place, unit in enumerate(units)}
        found.append(PriceList(f"v{number}", DAYS[start], DAYS[end], prices))
    return found


def in_force(prices: list[PriceList], day: date) -> list[PriceList]:
    return [one for one in prices if one.valid_from <= day < one.valid_to]


@given(lists())
def test_for_each_day_and_unit_the_first_price_counts(given_: list[PriceList]) -> None:
    merged = unit_by_unit(given_)
    for day in DAYS:
        holding = in_force(given_, day)
        expected: dict[str, Decimal] = {}
        for one in holding:
            expected = {**one.per_million, **expected}
        found = in_force(merged, day)
        assert len(found) == bool(holding)
        assert (dict(found[0].per_million) if found else {}) == expected


@given(lists())
def test_for_each_day_the_first_list_counts_whole(given_: list[PriceList]) -> None:
    merged = first_in_force(given_)
    for day in DAYS:
        holding, found = in_force(given_, day), in_force(merged, day)
        assert [one.version for one in found] == [one.version for one in holding[:1]]
    assert [one.valid_from for one in merged] == sorted((one.valid_from for one in merged), reverse=True)


@given(lists(), st.integers(0, 11), st.integers(1, 100))
def test_a_discount_takes_its_part_off_on_its_days_and_nothing_else(
    given_: list[PriceList], start: int, percent: int
) -> None:
    base = first_in_force(given_)
    ratio = Decimal(percent) / 100
    less = discounted(base, [Discount("*", "*", "*", ratio, DAYS[start], date(2999, 1, 1))])
    for day in DAYS:
        before, after = in_force(base, day), in_force(less, day)
        assert len(before) == len(after)
        if before:
            factor = 1 - ratio if day >= DAYS[start] else Decimal(1)
            assert dict(after[0].per_million) == {unit: p * factor for unit, p in before[0].per_million.items()}


def test_spans_that_say_the_same_are_one() -> None:
    one = PriceList("v", DAYS[0], DAYS[4], {"input": Decimal(1)})
    other = PriceList("v", DAYS[4], DAYS[9], {"input": Decimal(1)})
    assert unit_by_unit([one, other]) == [PriceList("v", DAYS[0], DAYS[9], {"input": Decimal(1)})]


def test_the_version_names_every_list_that_gave_a_price() -> None:
    own = PriceList("own", DAYS[0], DAYS[9], {"input": Decimal(1)})
    public = PriceList("public", DAYS[0], DAYS[9], {"input": Decimal(2), "output": Decimal(3)})
    idle = PriceList("idle", DAYS[0], DAYS[9], {"input": Decimal(9)})
    assert [prices.version for prices in unit_by_unit([own, public, idle])] == ["own, else public"]


def test_a_factor_is_for_tokens_and_not_for_tools() -> None:
    prices = PriceList("v", DAYS[0], DAYS[9], {"output_tokens": Decimal(3), "web_searches": Decimal(10_000)})
    half = with_factor(prices, Decimal("0.5"), "half")
    assert half.per_million == {"output_tokens": Decimal("1.5"), "web_searches": Decimal(10_000)}


def test_a_discount_covers_by_globs() -> None:
    batch = Discount("openai", "gpt-5*", "batch", Decimal("0.1"), FIRST, DAYS[-1])
    assert batch.covers("openai", "gpt-5.4", "batch")
    assert not batch.covers("openai", "gpt-4o", "batch")
    assert not batch.covers("openai", "gpt-5.4", "standard")
    assert not batch.covers("azure", "gpt-5.4", "batch")
