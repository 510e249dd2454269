"""Outcomes from files by the operator's mapping: every format, what is wrong with a row, late changes."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from store.engine import Store
from store.forget import forget_source
from store.tables import Outcome, Restatement
from tests.collectors.delivering import ingest, loaded, only, quarantined, refused, rows, write

MAP = {"day": "date", "feature": "app", "outcome_count": "done", "accepted_count": "ok", "good_count": "good"}
HEADER = "date,app,done,ok,good"


def table_of(path: Path, *lines: str, header: str = HEADER) -> Path:
    return write(path, "\n".join([header, *lines]) + "\n")


def take(store: Store, path: Path, mapping: dict[str, str] = MAP, **constants: str) -> Any:
    return loaded(store, path, kind="outcomes_csv", name="done", map=mapping, set=constants)


def no(store: Store, path: Path, mapping: dict[str, str] = MAP, **constants: str) -> str:
    return refused(store, path, kind="outcomes_csv", name="done", map=mapping, set=constants)


def test_outcomes_are_kept_as_the_file_says_them(store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8", "2026-11-04,search,5,,")
    assert take(store, path, outcome="Answer used", customer_tier="free").row_count == 2
    first, second = sorted(rows(store, Outcome), key=lambda row: row["day"])
    assert first == {
        "source": "done",
        "day": date(2026, 11, 3),
        "feature": "search",
        "outcome": "Answer used",
        "outcome_count": 10,
        "customer_tier": "free",
        "accepted_count": 9,
        "within_slo_count": None,
        "safe_count": None,
        "good_count": 8,
    }
    assert (second["outcome_count"], second["accepted_count"], second["good_count"]) == (5, None, None)
    assert ingest(store, path, kind="outcomes_csv", name="done", map=MAP, set={"outcome": "Answer used",
        "customer_tier": "free"}) == []  # fmt: skip


def test_good_outcomes_are_never_made_of_the_other_counts(duckdb_store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8", header="date,app,done,ok,safe")
    mapping = {key: column for key, column in MAP.items() if key != "good_count"} | {"safe_count": "safe"}
    take(duckdb_store, path, mapping)
    row = only(duckdb_store, Outcome)
    assert (row["accepted_count"], row["safe_count"], row["good_count"]) == (9, 8, None)


def test_a_corrected_file_replaces_its_days_and_is_told(store: Store, tmp_path: Path) -> None:
    take(store, table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8", "2026-11-04,search,5,5,5"))
    outcome = take(store, table_of(tmp_path / "a.csv", "2026-11-03,search,12,9,8", "2026-11-04,search,5,5,5"))
    assert (outcome.row_count, outcome.replaced_count, outcome.restated_days) == (2, 2, 1)
    assert sum(row["outcome_count"] for row in rows(store, Outcome)) == 17
    (restated,) = rows(store, Restatement)
    assert (restated["table_name"], restated["day"], restated["measure"]) == ("outcome", date(2026, 11, 3), "outcomes")


def test_days_outside_a_delivery_stay(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8"))
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-04,search,5,5,5"))
    assert sorted(row["day"] for row in rows(duckdb_store, Outcome)) == [date(2026, 11, 3), date(2026, 11, 4)]


def test_forgetting_the_source_forgets_its_outcomes(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8"))
    assert forget_source(duckdb_store, "done") == 1
    assert rows(duckdb_store, Outcome) == []


def test_a_moment_belongs_to_its_utc_day(duckdb_store: Store, tmp_path: Path) -> None:
    path = table_of(
        tmp_path / "a.jsonl", '{"date": "2026-11-03T23:30:00-05:00", "app": "search", "done": 3}', header=""
    )
    path.write_text(path.read_text().lstrip())
    take(duckdb_store, path, {"day": "date", "feature": "app", "outcome_count": "done"})
    assert only(duckdb_store, Outcome)["day"] == date(2026, 11, 4)


def test_parquet_is_read_by_its_own_types(duckdb_store: Store, tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "date": pa.array([date(2026, 11, 3)]),
        "app": pa.array(["search"]),
        "done": pa.array([7.0], pa.float64()),
        "ok": pa.array([6], pa.int32()),
        "good": pa.array([None], pa.int64()),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    take(duckdb_store, tmp_path / "a.parquet")
    row = only(duckdb_store, Outcome)
    assert (row["day"], row["outcome_count"], row["accepted_count"]) == (date(2026, 11, 3), 7, 6)


BAD_ROWS = [
    ("2026-11-03,search,-1,,", "outcome_count is negative"),
    ("2026-11-03,search,10,-2,", "accepted_count is negative"),
    ("2026-11-03,search,10,9,11", "good_count is more than outcome_count"),
    ("2026-11-03,search,10,8,9", "good_count is more than accepted_count"),
    ("2026-11-03,search,10,11,9", "accepted_count is more than outcome_count"),
    ("2026-11-03,search,many,,", "outcome_count is not a whole number"),
    ("2026-11-03,search,1.5,,", "outcome_count is not a whole number"),
    ("2026-11-03,search,9e17,,", "outcome_count is more than anybody has in a day"),
    ("2026-11-03,search,,,", "outcome_count is empty"),
    ("2026-11-03, ,1,,", "feature is empty or not of its kind"),
    (",search,1,,", "day is empty or not of its kind"),
    ("soon,search,1,,", "day is empty or not of its kind"),
    ("1666-09-02,search,1,,", "day is not between 1970-01-01 and 2999-01-01"),
    ("2026-11-03,search", "the row has 2 fields where the header has 5"),
]


def test_every_bad_row_is_set_aside_with_its_number_and_reason(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8", *(line for line, _ in BAD_ROWS)))
    assert quarantined(duckdb_store) == [
        ("a.csv", number, reason) for number, (_, reason) in enumerate(BAD_ROWS, start=2)
    ]
    assert only(duckdb_store, Outcome)["good_count"] == 8


def test_a_mapping_that_does_not_fit_says_what_there_is(duckdb_store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03,search,10,9,8")
    assert no(duckdb_store, path, MAP | {"tickets": "done"}).startswith(
        "The mapping names the unknown field 'tickets'; there are: day, feature,"
    )
    assert no(duckdb_store, path, MAP | {"safe_count": "safe"}) == (
        "a.csv has no column 'safe', which the mapping names; it has: date, app, done, ok, good."
    )
    assert no(duckdb_store, path, {"day": "date", "feature": "app"}) == (
        "The mapping does not say where outcome_count comes from; add a column for it, or one value for all rows."
    )
    assert no(duckdb_store, path, feature="search") == "The mapping says twice where feature comes from; keep one."


@pytest.mark.parametrize("feature", ["x'; drop table staged; --", 'a "b"'])
def test_values_in_a_setting_are_values_and_never_sql(duckdb_store: Store, tmp_path: Path, feature: str) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03,7", header="date,done")
    take(duckdb_store, path, {"day": "date", "outcome_count": "done"}, feature=feature)
    assert only(duckdb_store, Outcome)["feature"] == feature


def test_a_file_without_one_good_row_is_refused_with_the_first_reason(duckdb_store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "2026-11-03,search,-1,,")
    assert no(duckdb_store, path) == "a.csv has no row that can be loaded: row 1: outcome_count is negative."
