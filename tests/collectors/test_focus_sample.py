"""The FinOps Foundation's sample, real and dirty, through the collector to store, query and export."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from collectors.focus_columns import DECIMALS, TIMES, snake_case
from domain.attribution import Dimensions
from domain.window import Window
from queries.runner import run
from store.engine import Store
from store.export import export_focus
from store.focus_columns import COLUMNS
from store.tables import Charge, CostDay
from tests.collectors.delivering import SAMPLE, ingest, loaded, quarantined, rows

BILLED = {
    "AWS": Decimal("18.00663861840"),
    "Microsoft": Decimal("1.97651418586"),
    "Oracle": Decimal("0.53707392473"),
}
TOTAL = Decimal("20.52022672899")
SEPTEMBER = Window(datetime(2024, 9, 1, tzinfo=UTC), datetime(2024, 10, 1, tzinfo=UTC))


def by_provider(found: Iterable[dict[str, object]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in found:
        cost = row["billed_cost"]
        assert isinstance(cost, Decimal)
        sums[str(row["provider"])] = sums.get(str(row["provider"]), Decimal(0)) + cost
    return sums


def exported(store: Store, window: Window | None = None) -> str:
    out = io.StringIO()
    export_focus(store, out, window)
    return out.getvalue()


def spelled(name: str, text: str) -> object:
    """A value without regard to how numbers and times are spelled; the sample has quantities of 15 decimals."""
    plain = snake_case(name)
    if text in ("", "NULL"):
        return None
    if plain in DECIMALS:
        return Decimal(text).quantize(Decimal("1e-12"), ROUND_HALF_UP).normalize()
    if plain in TIMES:
        return datetime.fromisoformat(text.replace("Z", "")).replace(tzinfo=None)
    return text


def comparable(text: str, names: list[str]) -> list[str]:
    return sorted(str([spelled(name, row[name]) for name in names]) for row in csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("store", ["duckdb", "postgresql"], indirect=True)
def test_every_row_of_the_sample_is_loaded_and_the_bill_is_exact(store: Store) -> None:
    outcome = loaded(store, SAMPLE)
    assert (outcome.row_count, outcome.quarantined_count) == (1000, 0)
    charges, days = rows(store, Charge), rows(store, CostDay)
    assert by_provider(charges) == by_provider(days) == BILLED
    assert sum(row["billed_cost"] for row in charges) == TOTAL
    assert sum(row["charge_count"] for row in days) == 1000
    answered = run(store, "cost/billed_by_provider", start=SEPTEMBER.start, end=SEPTEMBER.end).rows()
    assert {row["provider"]: row["billed_cost"] for row in answered} == BILLED
    assert {row["billing_currency"] for row in answered} == {"USD"}
    told = csv.DictReader(io.StringIO(exported(store)))
    assert by_provider({"provider": r["ProviderName"], "billed_cost": Decimal(r["BilledCost"])} for r in told) == BILLED


def test_the_export_says_what_the_sample_said_column_by_column(duckdb_store: Store) -> None:
    loaded(duckdb_store, SAMPLE)
    given = SAMPLE.read_text(encoding="utf-8")
    told = exported(duckdb_store)
    columns = next(csv.reader(io.StringIO(told)))
    names = [name for name in next(csv.reader(io.StringIO(given))) if name in columns]
    assert len(names) == 42
    assert comparable(told, names) == comparable(given, names)
    left_out = COLUMNS["1.2"].keys() - set(columns)
    given_rows = list(csv.DictReader(io.StringIO(given)))
    assert {row.get(name) for row in given_rows for name in left_out} <= {"", "NULL", None}


def test_reading_our_own_export_gives_the_same_charges(duckdb_store: Store, tmp_path: Path) -> None:
    loaded(duckdb_store, SAMPLE)
    before, first = rows(duckdb_store, Charge), exported(duckdb_store)
    path = tmp_path / "export.csv"
    path.write_text(first, encoding="utf-8")
    assert loaded(duckdb_store, path).restated_days == 0
    assert rows(duckdb_store, Charge) == before
    assert sorted(exported(duckdb_store).splitlines()) == sorted(first.splitlines())


def test_an_export_of_a_window_holds_the_charges_that_begin_in_it(duckdb_store: Store) -> None:
    loaded(duckdb_store, SAMPLE)
    middle = datetime(2024, 9, 16, tzinfo=UTC)
    halves = [Window(SEPTEMBER.start, middle), Window(middle, datetime(2025, 1, 1, tzinfo=UTC))]
    lines = [exported(duckdb_store, half).splitlines()[1:] for half in halves]
    assert all(lines)
    assert sorted(line for half in lines for line in half) == sorted(exported(duckdb_store).splitlines()[1:])


def test_the_same_file_is_not_loaded_twice(duckdb_store: Store) -> None:
    loaded(duckdb_store, SAMPLE)
    assert ingest(duckdb_store, SAMPLE) == []


def test_keys_computed_in_sql_are_those_of_the_domain(duckdb_store: Store) -> None:
    loaded(duckdb_store, SAMPLE)
    for row in rows(duckdb_store, Charge):
        dimensions = Dimensions(
            provider=row["provider"],
            account_id=row["billing_account_id"],
            project_id=row["sub_account_id"],
            api_key_id=row["api_key_id"],
            model=row["model"],
            service=row["service_name"],
            tags=row["tags"],
        )
        assert row["attribution_key"] == dimensions.key()


def test_nothing_of_the_sample_is_set_aside_and_its_stray_column_is_let_be(duckdb_store: Store) -> None:
    loaded(duckdb_store, SAMPLE)
    assert quarantined(duckdb_store) == []
    assert sum(row["tags"] is None for row in rows(duckdb_store, Charge)) > 0


@pytest.mark.parametrize("category", ["Credit", "Adjustment"])
def test_credits_and_adjustments_are_part_of_the_bill(duckdb_store: Store, category: str) -> None:
    loaded(duckdb_store, SAMPLE)
    assert any(row["charge_category"] == category for row in rows(duckdb_store, Charge))
