from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from store import ledger
from store.engine import Store
from store.errors import BillingConflictError
from store.load import BillingPeriod, replace_window
from store.schema import table, to_batch
from store.tables import Attribution, Charge, CostDay, InferenceRequest, Restatement, TokenUsage, UsageDay
from tests.support.engines import own_engines
from tests.support.facts import BOOKS, DAY, NOW, charge, days, load, request, usage


def rows(store: Store, row: type) -> list[dict[str, Any]]:
    with store.read() as connection:
        found = [dict(mapping) for mapping in connection.execute(sa.select(table(row))).mappings()]
    return sorted(found, key=str)


def billed(store: Store) -> Decimal:
    with localcontext(Context(prec=50)):
        return sum((row["billed_cost"] for row in rows(store, Charge)), Decimal(0))


def test_loaded_money_is_exact_to_the_twelfth_decimal(store: Store) -> None:
    load(store, [charge(1, "0.000000000001"), charge(1, "12345678901234567890.123456789012")], days(1, 2))
    assert billed(store) == Decimal("12345678901234567890.123456789013")
    assert rows(store, CostDay)[0]["billed_cost"] == Decimal("12345678901234567890.123456789013")


@own_engines
def test_a_second_run_with_the_same_rows_changes_nothing(store: Store) -> None:
    load(store, [charge(1, "1.5"), charge(2, "2.5")], days(1, 3))
    before = rows(store, Charge), rows(store, CostDay)
    loaded = load(store, [charge(1, "1.5"), charge(2, "2.5")], days(1, 3))
    assert loaded.restated_days == 0
    assert rows(store, Restatement) == []
    assert (rows(store, Charge), rows(store, CostDay)) == before


def test_a_changed_day_is_restated_with_before_and_after(store: Store) -> None:
    load(store, [charge(1, "1.5"), charge(2, "2.5")], days(1, 3))
    loaded = load(store, [charge(1, "1.5"), charge(2, "2.75")], days(1, 3))
    assert loaded.restated_days == 1
    (restated,) = rows(store, Restatement)
    assert (restated["day"], restated["measure"]) == (date(2026, 11, 2), "billed_cost USD")
    assert (restated["before_value"], restated["after_value"]) == (Decimal("2.5"), Decimal("2.75"))


@own_engines
def test_rows_that_vanish_from_the_source_vanish_from_the_store(store: Store) -> None:
    load(store, [charge(1, "1.5"), charge(2, "2.5")], days(1, 3))
    load(store, [charge(1, "1.5")], days(1, 3))
    assert billed(store) == Decimal("1.5")
    (restated,) = rows(store, Restatement)
    assert (restated["before_value"], restated["after_value"]) == (Decimal("2.5"), None)
    assert [row["day"] for row in rows(store, CostDay)] == [date(2026, 11, 1)]


@own_engines
def test_rows_outside_the_window_and_of_other_sources_stay(store: Store) -> None:
    load(store, [charge(1, "1"), charge(5, "5")], days(1, 6))
    load(store, [charge(3, "3", source="other", billing_account_id="org-2")], days(3, 4), source="other")
    load(store, [charge(1, "1.25")], days(1, 2))
    assert sorted(row["billed_cost"] for row in rows(store, Charge)) == [Decimal("1.25"), Decimal(3), Decimal(5)]


@own_engines
def test_a_day_that_was_not_whole_when_it_was_loaded_is_not_restated(store: Store) -> None:
    noon = DAY + timedelta(hours=12)
    load(store, [charge(1, "1")], days(1, 2), now=noon)
    load(store, [charge(1, "2")], days(1, 2))
    assert rows(store, Restatement) == []


@own_engines
def test_an_older_range_loaded_for_the_first_time_is_not_a_restatement(store: Store) -> None:
    load(store, [charge(5, "5")], days(5, 6))
    load(store, [charge(1, "1")], days(1, 5))
    assert rows(store, Restatement) == []


def test_a_failed_load_leaves_the_old_slice_and_its_rollup_whole(store: Store) -> None:
    load(store, [charge(1, "1.5")], days(1, 2))
    before = rows(store, Charge), rows(store, CostDay)

    def cut_off() -> Iterator[pa.RecordBatch]:
        yield to_batch(Charge, [charge(1, "99")])
        raise ConnectionError("the source hung up")

    run = ledger.begin(store, "openai_costs", "refresh", days(1, 2), NOW)
    with pytest.raises(ConnectionError):
        replace_window(store, Charge, "openai_costs", days(1, 2), cut_off(), run=run, books=BOOKS, now=NOW)
    assert (rows(store, Charge), rows(store, CostDay)) == before


def test_a_second_bill_for_the_same_account_is_refused_and_nothing_of_it_stays(store: Store) -> None:
    load(store, [charge(1, "1.5")], days(1, 2))
    with pytest.raises(BillingConflictError, match=r"openai account org-1 is already billed by .*'openai_costs'"):
        load(store, [charge(9, "9", source="focus")], days(9, 10), source="focus")
    assert billed(store) == Decimal("1.5")


def test_files_replace_whole_billing_periods_of_their_accounts_only(store: Store) -> None:
    def of(account: str, cost: str) -> Charge:
        return charge(3, cost, source="focus", billing_account_id=account)

    load(store, [of("a", "1"), of("b", "2")], days(1, 31), source="focus")
    period = BillingPeriod("a", DAY)
    load(store, [of("a", "1.75")], days(1, 31), source="focus", periods=[period])
    assert sorted(row["billed_cost"] for row in rows(store, Charge)) == [Decimal("1.75"), Decimal(2)]


@own_engines
def test_rollups_add_up_like_the_facts_they_are_made_of(store: Store) -> None:
    facts = [usage(day, hour, model=model) for day in (1, 2) for hour in (0, 23) for model in ("gpt-4o", None)]
    load(store, facts, days(1, 3), row=TokenUsage, source="openai_usage")
    for column in ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens", "request_count"):
        rolled = sum(row[column] for row in rows(store, UsageDay))
        assert rolled == sum(row[column] for row in rows(store, TokenUsage))


@own_engines
def test_counts_that_nobody_reported_stay_unknown_in_the_rollup(store: Store) -> None:
    load(store, [usage(1, request_count=None)], days(1, 2), row=TokenUsage, source="openai_usage")
    (day,) = rows(store, UsageDay)
    assert day["request_count"] is None
    assert day["cache_write_input_tokens"] is None


def test_a_request_log_is_counted_as_hourly_usage_at_list_price(store: Store) -> None:
    log = [request(1, 10), request(1, 20, cache_read_input_tokens=40), request(1, 7200)]
    load(store, log, days(1, 2), row=InferenceRequest, source="log")
    hours = sorted(rows(store, TokenUsage), key=lambda row: row["started_at"])
    assert [(h["uncached_input_tokens"], h["cache_read_input_tokens"], h["request_count"]) for h in hours] == [
        (160, 40, 2),
        (100, None, 1),
    ]
    # gpt-4o per million tokens: 260 uncached at 2.50 USD, 40 cached at 1.25, 30 of output at 10
    assert sum(h["estimated_cost"] for h in hours) == Decimal("0.001")
    assert sum(day["request_count"] for day in rows(store, UsageDay)) == 3


@pytest.mark.parametrize("store", ["duckdb", "postgresql"], indirect=True)
def test_a_nul_byte_in_a_text_of_a_vendor_is_left_out_where_the_store_cannot_hold_it(store: Store) -> None:
    model = "gpt\0-4o"
    for _ in range(2):
        load(store, [charge(1, "1.5", model=model)], days(1, 2))
        load(store, [usage(1, model=model)], days(1, 2), row=TokenUsage, source="openai_usage")
    (billed_row,), (used,) = rows(store, Charge), rows(store, UsageDay)
    stored = model.replace("\0", "") if store.dialect == "postgresql" else model
    assert billed_row["model"] == used["model"] == stored
    owners = {row["attribution_key"]: row["model"] for row in rows(store, Attribution)}
    assert owners[billed_row["attribution_key"]] == owners[used["attribution_key"]] == stored
