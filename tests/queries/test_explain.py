"""Explained changes on a seeded company: exact against sums made without SQL, for any two periods and any scope."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.compared import Compared, with_same_weekdays
from domain.cost_change import FACTORS
from domain.exact import rounded, to_units
from domain.explanation import LABELS, Explanation
from domain.item_use import Item
from queries.explain import Ask, _units, ask_items, explain, read_use
from queries.runner import run
from store.engine import Store, open_store
from store.migrate import upgrade
from store.tables import CostDay, UsageDay
from tests.app.support.company import FEATURES, STREAMS, Books, Stream
from tests.app.support.seed import seed
from tests.domain.explaining import sides_of

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
TODAY = NOW.date()
LAST_WEEK = Compared(TODAY - timedelta(days=14), TODAY - timedelta(days=7), TODAY - timedelta(days=7), TODAY)
LAUNCH = Compared(date(2026, 9, 24), date(2026, 10, 24), date(2026, 10, 24), TODAY)
"""Shopping guide was launched on the first day after."""

DAYS = st.integers(1, 119).map(lambda ago: TODAY - timedelta(days=ago))
PERIODS = st.builds(lambda start, days: (start, start + timedelta(days=days)), DAYS, st.integers(1, 60))


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ask, Books]]:
    """A full store to ask, and its rows."""
    store: Store = open_store(f"duckdb:///{tmp_path_factory.mktemp('explain')}/full.duckdb")
    upgrade(store)
    books = seed(store, NOW)
    yield partial(run, store), books
    store.close()


def adds_up(found: Explanation, *dimensions: str) -> None:
    for parts in ([found.total], *(found.by(name) for name in dimensions)):
        for part in parts:
            assert sum(getattr(part.effects, name) for name in FACTORS) == part.change == part.after - part.before
        for name in (*FACTORS, "total"):
            assert sum(getattr(part.effects, name) for part in parts) == getattr(found.total.effects, name)


@given(before=PERIODS, after=PERIODS, per=st.sampled_from(["model", "key"]))
def test_effects_of_any_two_periods_add_up_to_the_change_of_the_bill(
    seeded: tuple[Ask, Books], before: tuple[date, date], after: tuple[date, date], per: str
) -> None:
    ask, books = seeded
    found = explain(ask, Compared(*before, *after), "USD", per="key" if per == "key" else "model")
    assert (found.total.before, found.total.after) == (books.billed(*before), books.billed(*after))
    adds_up(found, *(name for name in LABELS if name != "key" or per == "key"))


@given(days=st.integers(1, 60), back=st.integers(0, 30), known=st.integers(7, 40))
def test_the_same_weekdays_are_scaled_to_the_last_decimal(
    seeded: tuple[Ask, Books], days: int, back: int, known: int
) -> None:
    ask, books = seeded
    end = TODAY - timedelta(days=back)
    compared = with_same_weekdays(end - timedelta(days=days), end, end - timedelta(days=days + known))
    found = explain(ask, compared, "USD")
    expected = sum(Fraction(books.billed(day, day + timedelta(days=1))) * w for day, w in compared.weights().items())
    assert abs(found.total.before - rounded(expected)) <= len(found.use.items) * Decimal("1e-12")
    assert found.total.after == books.billed(compared.after_start, compared.after_end)
    adds_up(found, "feature")


def test_every_item_holds_what_the_company_billed_and_used(seeded: tuple[Ask, Books]) -> None:
    ask, books = seeded
    items = sides_of(read_use(ask_items(ask, LAST_WEEK, "USD")))
    expected = {_item(stream) for stream in STREAMS if stream.daily_cost}
    assert set(items) == expected
    for stream in STREAMS:
        if not stream.daily_cost:
            continue
        before, after = items[_item(stream)]
        for side, start in ((before, LAST_WEEK.before_start), (after, LAST_WEEK.after_start)):
            cost, tokens, requests = _plain(books, stream, start, start + timedelta(days=7))
            assert sum(side.costs.values(), Decimal()) == cost
            assert (sum(side.tokens.values()), side.requests) == (tokens, requests)


def _item(stream: Stream) -> Item:
    team = next((one.team for one in FEATURES if one.feature == stream.feature), "Unattributed")
    feature, environment = stream.feature or "unattributed", stream.environment or "unattributed"
    return Item(stream.provider, feature, team, environment, stream.model)


def _plain(books: Books, stream: Stream, start: date, end: date) -> tuple[Decimal, int, int]:
    def of(row: CostDay | UsageDay) -> bool:
        return row.attribution_key == stream.attribution_key and start <= row.day < end

    costs = [row.billed_cost for row in books.costs if of(row) and row.billing_currency == "USD"]
    used = [row for row in books.usage if of(row)]
    kinds: list[Callable[[UsageDay], int | None]] = [
        lambda row: row.uncached_input_tokens,
        lambda row: row.cache_read_input_tokens,
        lambda row: row.cache_write_input_tokens,
        lambda row: row.output_tokens,
    ]
    tokens = sum(kind(row) or 0 for row in used for kind in kinds)
    return sum(costs, Decimal()), tokens, sum(row.request_count or 0 for row in used)


def test_a_launched_feature_is_new_and_never_a_price(seeded: tuple[Ask, Books]) -> None:
    ask, _ = seeded
    found = explain(ask, LAUNCH, "USD")
    assert {(one.feature, one.model) for one in found.appeared} == {
        ("shopping-guide", "claude-sonnet-5"),
        ("shopping-guide", "gpt-5.4"),
    }
    assert found.vanished == []
    part = next(part for part in found.by("feature") if part.label == ("shopping-guide",))
    assert part.before == 0
    assert part.effects.price == part.effects.intensity == part.effects.cache == 0
    assert part.effects.volume + part.effects.mix == part.after
    assert found.by("feature")[0] == part


def test_a_scope_is_only_what_its_filters_let_through(seeded: tuple[Ask, Books]) -> None:
    ask, _ = seeded
    whole = {part.label[0]: part.after for part in explain(ask, LAST_WEEK, "USD").by("feature")}
    one = explain(ask, LAST_WEEK, "USD", {"feature": ["fraud-review"], "provider": ["anthropic"]})
    assert [part.label for part in one.by("feature")] == [("fraud-review",)]
    assert one.total.after == whole["fraud-review"]
    assert explain(ask, LAST_WEEK, "USD", {"feature": ["no such"]}).total.after == 0


def test_a_key_bears_what_its_project_was_billed(seeded: tuple[Ask, Books]) -> None:
    ask, _ = seeded
    by_key = explain(ask, LAST_WEEK, "USD", per="key")
    fraud = next(part for part in by_key.by("key") if part.label[0] == "key_fraud-review_production")
    whole = explain(ask, LAST_WEEK, "USD", {"feature": ["fraud-review"]}).total
    assert (fraud.before, fraud.after) == (whole.before, whole.after)
    only = explain(ask, LAST_WEEK, "USD", per="key", keys=["key_fraud-review_production"])
    assert only.total.after == whole.after


def test_currencies_are_apart(seeded: tuple[Ask, Books]) -> None:
    ask, books = seeded
    found = explain(ask, LAST_WEEK, "EUR")
    assert found.total.after == books.billed(LAST_WEEK.after_start, LAST_WEEK.after_end, "EUR")
    assert found.total.without_usage == found.total.change


def test_periods_may_overlap_and_a_day_then_counts_in_both(seeded: tuple[Ask, Books]) -> None:
    ask, books = seeded
    start = TODAY - timedelta(days=10)
    found = explain(ask, Compared(start, TODAY, start, TODAY), "USD")
    assert found.total.before == found.total.after == books.billed(start, TODAY)
    assert {getattr(found.total.effects, name) for name in FACTORS} == {0}


def test_money_is_read_with_every_digit_of_arrows_128_bits() -> None:
    amounts = [Decimal(text) for text in ("0", "-0.000000000001", "99999999999999999999999999.999999999999", "-9e20")]
    money = pa.array(amounts, pa.decimal128(38, 12))
    assert _units(money).tolist() == to_units(amounts)
    assert _units(money.slice(1, 2)).tolist() == to_units(amounts[1:3])
    assert _units(money.slice(0, 0)).tolist() == []
