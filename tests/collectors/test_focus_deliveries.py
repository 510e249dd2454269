"""A delivery replaces its (billing account, billing period) slices whole, and nothing else."""

from decimal import Decimal
from pathlib import Path

import pytest

from queries.runner import run
from store.engine import Store
from store.tables import Charge, CollectorRun, CostDay, Restatement
from tests.collectors.delivering import clock, focus_text, ingest, loaded, refused, rows, write

NOVEMBER: dict[str, str] = {}
OCTOBER = {
    "BillingPeriodStart": "2026-10-01T00:00:00Z",
    "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargePeriodStart": "2026-10-31T00:00:00Z",
    "ChargePeriodEnd": "2026-11-01T00:00:00Z",
}


def costs(store: Store) -> list[Decimal]:
    return sorted(row["billed_cost"] for row in rows(store, Charge))


def test_a_second_delivery_replaces_the_period_and_is_put_on_record(duckdb_store: Store, tmp_path: Path) -> None:
    loaded(duckdb_store, write(tmp_path / "1.csv", focus_text({"BilledCost": "1"}, {"BilledCost": "2"}, OCTOBER)))
    outcome = loaded(duckdb_store, write(tmp_path / "2.csv", focus_text({"BilledCost": "5"})))
    assert outcome.restated_days == 1
    assert costs(duckdb_store) == [Decimal("0.90"), Decimal(5)]
    (restated,) = rows(duckdb_store, Restatement)
    assert (restated["before_value"], restated["after_value"]) == (3, 5)
    assert restated["measure"] == "billed_cost USD"
    assert sum(row["billed_cost"] for row in rows(duckdb_store, CostDay)) == Decimal("5.90")


def test_an_earlier_delivery_can_be_put_back(duckdb_store: Store, tmp_path: Path) -> None:
    first = write(tmp_path / "1.csv", focus_text({"BilledCost": "1"}))
    second = write(tmp_path / "2.csv", focus_text({"BilledCost": "2"}))
    for path, expected in [(first, 1), (second, 2), (first, 1)]:
        loaded(duckdb_store, path)
        assert costs(duckdb_store) == [expected]
    assert ingest(duckdb_store, first) == []


def test_a_delivery_of_another_period_does_not_make_the_first_one_new_again(
    duckdb_store: Store, tmp_path: Path
) -> None:
    november, october = write(tmp_path / "11.csv", focus_text()), write(tmp_path / "10.csv", focus_text(OCTOBER))
    loaded(duckdb_store, november)
    loaded(duckdb_store, october)
    assert ingest(duckdb_store, november) == []


def test_accounts_in_folders_of_their_own_do_not_disturb_each_other(duckdb_store: Store, tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.csv", focus_text({"BillingAccountId": "a", "BilledCost": "1"}))
    write(tmp_path / "b" / "x.csv", focus_text({"BillingAccountId": "b", "BilledCost": "2"}))
    assert [outcome.status for outcome in ingest(duckdb_store, tmp_path)] == ["ok", "ok"]
    for _ in range(3):
        assert ingest(duckdb_store, tmp_path) == []
    write(tmp_path / "a" / "x.csv", focus_text({"BillingAccountId": "a", "BilledCost": "1.5"}))
    assert len(ingest(duckdb_store, tmp_path)) == 1
    assert costs(duckdb_store) == [Decimal("1.5"), Decimal(2)]
    assert len(rows(duckdb_store, CollectorRun)) == 3


def test_one_file_with_two_accounts_and_two_periods_replaces_all_four_slices(
    duckdb_store: Store, tmp_path: Path
) -> None:
    def four(cost: str) -> str:
        both: list[dict[str, str]] = [{}, {"BillingAccountId": "org-2"}]
        return focus_text(
            *({**account, **period, "BilledCost": cost} for account in both for period in (NOVEMBER, OCTOBER))
        )

    loaded(duckdb_store, write(tmp_path / "1.csv", four("1")))
    loaded(duckdb_store, write(tmp_path / "2.csv", four("2")))
    assert costs(duckdb_store) == [2, 2, 2, 2]


def test_one_period_in_two_folders_is_refused_with_a_hint(duckdb_store: Store, tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.csv", focus_text({"BilledCost": "1"}))
    write(tmp_path / "b" / "x.csv", focus_text({"BilledCost": "2"}))
    outcomes = ingest(duckdb_store, tmp_path)
    assert [outcome.status for outcome in outcomes] == ["ok", "failed"]
    assert outcomes[1].error is not None
    assert "delivers account org-demo, November 2026 a second time; keep the parts" in outcomes[1].error
    assert costs(duckdb_store) == [1]


def test_currencies_are_never_added(duckdb_store: Store, tmp_path: Path) -> None:
    content = focus_text({"BilledCost": "1"}, {"BilledCost": "10", "BillingCurrency": "EUR"}, {"BilledCost": "2"})
    loaded(duckdb_store, write(tmp_path / "a.csv", content))
    assert {row["billing_currency"]: row["billed_cost"] for row in rows(duckdb_store, CostDay)} == {"EUR": 10, "USD": 3}
    loaded(duckdb_store, write(tmp_path / "b.csv", content.replace(",10", ",11") + content.splitlines()[1] + "\n"))
    assert {row["measure"] for row in rows(duckdb_store, Restatement)} <= {"billed_cost EUR", "billed_cost USD"}


def test_the_query_answers_in_both_currencies(duckdb_store: Store, tmp_path: Path) -> None:
    content = focus_text({"BilledCost": "1"}, {"BilledCost": "10", "BillingCurrency": "EUR"})
    loaded(duckdb_store, write(tmp_path / "a.csv", content))
    now = clock()
    found = run(duckdb_store, "cost/billed_by_provider", start=now.replace(year=2026, month=1), end=now).rows()
    assert [(row["billing_currency"], row["billed_cost"]) for row in found] == [("EUR", 10), ("USD", 1)]


@pytest.mark.parametrize("second", ["other", "focus_2"])
def test_a_second_source_may_not_bill_the_same_account(duckdb_store: Store, tmp_path: Path, second: str) -> None:
    path = write(tmp_path / "a.csv", focus_text({"BilledCost": "1"}))
    loaded(duckdb_store, path)
    told = refused(duckdb_store, path, name=second)
    assert told.startswith("Vendor account org-demo is already billed by the source 'focus'")
    assert costs(duckdb_store) == [1]


def test_a_correction_of_a_closed_period_is_a_row_like_any_other(duckdb_store: Store, tmp_path: Path) -> None:
    correction = {"ChargeClass": "Correction", "ChargeCategory": "Credit", "BilledCost": "-0.25"}
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text({"BilledCost": "1"}, correction)))
    assert sum(costs(duckdb_store)) == Decimal("0.75")
