"""Request logs by the operator's mapping: real requests, every format, and what is wrong with a row."""

import csv
import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.attribution import Dimensions
from queries.runner import run
from store.engine import Store
from store.tables import InferenceRequest, TokenUsage, UsageDay
from tests.collectors.delivering import TRACE, ingest, loaded, only, quarantined, refused, rows, write

TRACE_MAP = {"started_at": "TIMESTAMP", "input_tokens": "ContextTokens", "output_tokens": "GeneratedTokens"}
SET = {"provider": "openai", "model": "gpt-4o"}
LOG_MAP = {"started_at": "time", "input_tokens": "in", "output_tokens": "out"}
TIME = "2026-11-03T04:05:06Z"


def log(path: Path, *lines: str, header: str = "time,in,out") -> Path:
    return write(path, "\n".join([header, *lines]) + "\n")


def take(store: Store, path: Path, mapping: dict[str, str] = LOG_MAP, **more: str) -> Any:
    return loaded(store, path, kind="request_log", name="log", map=mapping, set=SET | more)


def no(store: Store, path: Path, mapping: dict[str, str] = LOG_MAP, constants: dict[str, str] = SET) -> str:
    return refused(store, path, kind="request_log", name="log", map=mapping, set=constants)


@pytest.mark.parametrize("store", ["duckdb", "postgresql"], indirect=True)
def test_the_azure_trace_is_counted_and_priced(store: Store) -> None:
    assert take(store, TRACE, TRACE_MAP).row_count == 19_366
    asked = {"start": datetime(2023, 11, 1, tzinfo=UTC), "end": datetime(2023, 12, 1, tzinfo=UTC)}
    answer = run(store, "usage/tokens_by_model", **asked).one()
    assert (answer["provider"], answer["model"], answer["service"]) == ("openai", "gpt-4o", "requests")
    assert answer["request_count"] == 19_366
    assert (answer["input_tokens"], answer["output_tokens"]) == (22_361_870, 4_088_665)
    with TRACE.open(newline="") as file:
        requests = list(csv.DictReader(file))
    dollars = sum(
        int(request["ContextTokens"]) * Decimal("2.50") + int(request["GeneratedTokens"]) * Decimal(10)
        for request in requests
    ) / Decimal(1_000_000)
    assert answer["estimated_cost"] == dollars == Decimal("96.791325")
    assert answer["unpriced_tokens"] == 0


def test_the_trace_keeps_its_microseconds_and_makes_whole_hours(duckdb_store: Store) -> None:
    take(duckdb_store, TRACE, TRACE_MAP)
    first = min(row["started_at"] for row in rows(duckdb_store, InferenceRequest))
    assert first == datetime(2023, 11, 16, 18, 15, 46, 680_590, tzinfo=UTC)
    hours = rows(duckdb_store, TokenUsage)
    assert all(hour["started_at"].minute == hour["started_at"].second == 0 for hour in hours)
    assert sum(hour["request_count"] for hour in hours) == 19_366
    assert sum(day["output_tokens"] for day in rows(duckdb_store, UsageDay)) == 4_088_665
    assert ingest(duckdb_store, TRACE, kind="request_log", name="log", map=TRACE_MAP, set=SET) == []


def test_a_changed_mapping_makes_the_same_file_a_new_delivery(duckdb_store: Store, tmp_path: Path) -> None:
    path = log(tmp_path / "a.csv", f"{TIME},10,1")
    take(duckdb_store, path)
    take(duckdb_store, path, model="gpt-4o-mini")
    assert only(duckdb_store, InferenceRequest)["model"] == "gpt-4o-mini"
    assert only(duckdb_store, TokenUsage)["model"] == "gpt-4o-mini"


def test_jsonl_is_read_with_text_offsets_and_nested_values(duckdb_store: Store, tmp_path: Path) -> None:
    lines = [
        {
            "time": "2026-11-03T04:05:06+02:00",
            "in": 374,
            "out": 44,
            "ms": 1500.5,
            "model": "gpt-4o",
            "more": {"a": [1]},
        },
        {"time": "2026-11-03T05:00:00Z", "in": "10", "out": None, "ms": None, "model": "gpt-4o-mini"},
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(json.dumps(line) for line in lines) + "\n")
    mapping = LOG_MAP | {"duration_milliseconds": "ms", "model": "model"}
    (outcome,) = ingest(
        duckdb_store, path, kind="request_log", name="log", map=mapping, set={"provider": "openai"}
    )  # fmt: skip
    assert (outcome.row_count, outcome.quarantined_count) == (2, 0)
    first, second = sorted(rows(duckdb_store, InferenceRequest), key=lambda row: row["started_at"])
    assert (first["started_at"], first["model"]) == (datetime(2026, 11, 3, 2, 5, 6, tzinfo=UTC), "gpt-4o")
    assert (first["input_tokens"], first["output_tokens"], first["duration_seconds"]) == (374, 44, 1.5005)
    assert (second["input_tokens"], second["output_tokens"], second["duration_seconds"]) == (10, None, None)


def test_a_broken_or_strange_jsonl_line_costs_only_itself(duckdb_store: Store, tmp_path: Path) -> None:
    good = f'{{"time": "{TIME}", "in": 1, "out": 1}}'
    strange = f'{{"time": "{TIME}", "in": "many", "out": 1}}'
    path = write(tmp_path / "a.jsonl", f'{good}\n{strange}\n{good}\n{{"time": "{TIME}", "in"\n')
    assert take(duckdb_store, path).row_count == 2
    assert quarantined(duckdb_store) == [
        ("a.jsonl", 2, "input_tokens is not a whole number"),
        ("a.jsonl", 4, "started_at is empty or not of its kind"),
    ]


def test_a_late_word_in_a_number_column_of_jsonl_is_only_that_row(duckdb_store: Store, tmp_path: Path) -> None:
    good = f'{{"time": "{TIME}", "in": 1, "out": 1}}\n'
    write(tmp_path / "a.jsonl", good * 25_000 + good.replace('"in": 1', '"in": "abc"'))
    assert take(duckdb_store, tmp_path / "a.jsonl").row_count == 25_000
    assert quarantined(duckdb_store) == [("a.jsonl", 25_001, "input_tokens is not a whole number")]


def test_gzipped_csv_and_jsonl_and_a_just_rotated_empty_file_are_one_delivery(
    duckdb_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "1.jsonl.gz").write_bytes(gzip.compress(f'{{"time": "{TIME}", "in": 1, "out": 2}}\n'.encode()))
    (folder / "2.csv.gz").write_bytes(gzip.compress(f"time,in,out\n{TIME},3,4\n".encode()))
    write(folder / "today" / "3.jsonl", "")
    assert take(duckdb_store, folder).row_count == 2
    assert sum(row["input_tokens"] for row in rows(duckdb_store, InferenceRequest)) == 4


def test_parquet_is_read_by_its_own_types(duckdb_store: Store, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 3, 4, 5, 6, 7, tzinfo=UTC)
    columns: dict[str, Any] = {
        "time": pa.array([moment], pa.timestamp("us", tz="UTC")),
        "in": pa.array([5], pa.int32()),
        "out": pa.array([6.0], pa.float64()),
        "seconds": pa.array([0.25], pa.float32()),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    take(duckdb_store, tmp_path / "a.parquet", LOG_MAP | {"time_to_first_token_seconds": "seconds"})
    row = only(duckdb_store, InferenceRequest)
    assert row["started_at"] == moment
    assert (row["input_tokens"], row["output_tokens"], row["time_to_first_token_seconds"]) == (5, 6, 0.25)


def test_other_units_are_converted(duckdb_store: Store, tmp_path: Path) -> None:
    path = log(tmp_path / "a.csv", "1793678706.5,1500,250", header="unix,total,first")
    mapping = {
        "started_at_unix_seconds": "unix",
        "duration_milliseconds": "total",
        "time_to_first_token_milliseconds": "first",
    }
    take(duckdb_store, path, mapping)
    row = only(duckdb_store, InferenceRequest)
    assert row["started_at"] == datetime(2026, 11, 3, 4, 5, 6, 500_000, tzinfo=UTC)
    assert (row["duration_seconds"], row["time_to_first_token_seconds"]) == (1.5, 0.25)
    assert (row["input_tokens"], row["output_tokens"]) == (None, None)


BAD_ROWS = [
    (f"{TIME},-1,1,,", "input_tokens is negative"),
    (f"{TIME},1,-7,,", "output_tokens is negative"),
    (f"{TIME},many,1,,", "input_tokens is not a whole number"),
    (f"{TIME},12.7,1,,", "input_tokens is not a whole number"),
    (f"{TIME},1,99999999999999999999,,", "output_tokens is not a whole number"),
    (f"{TIME},1,9000000000000000000,,", "output_tokens is more than any request has"),
    (f"{TIME},1,1,2,", "cache_read_input_tokens is more than input_tokens, which includes it"),
    (f"{TIME},1,1,,-0.5", "duration_seconds is negative"),
    (f"{TIME},1,1,,nan", "duration_seconds is not a number"),
    (f"{TIME},1,1,,inf", "duration_seconds is not a number"),
    (f"{TIME},1,1,,fast", "duration_seconds is not a number"),
    (",1,1,,", "started_at is empty or not of its kind"),
    ("soon,1,1,,", "started_at is empty or not of its kind"),
    ("1666-09-02T00:00:00Z,1,1,,", "started_at is not between 1970-01-01 and 2999-01-01"),
    (f"{TIME},1", "the row has 2 fields where the header has 5"),
]


def test_every_bad_row_is_set_aside_with_its_number_and_reason(duckdb_store: Store, tmp_path: Path) -> None:
    lines = [line for line, _ in BAD_ROWS]
    path = log(tmp_path / "a.csv", f"{TIME},9,8,7,0.5", *lines, header="time,in,out,cached,seconds")
    take(duckdb_store, path, LOG_MAP | {"cache_read_input_tokens": "cached", "duration_seconds": "seconds"})
    assert quarantined(duckdb_store) == [
        ("a.csv", number, reason) for number, (_, reason) in enumerate(BAD_ROWS, start=2)
    ]
    assert only(duckdb_store, InferenceRequest)["input_tokens"] == 9


def test_unix_times_that_cannot_be_seconds_are_set_aside(duckdb_store: Store, tmp_path: Path) -> None:
    path = log(tmp_path / "a.csv", "1793678706", "1793678706500", "1e300", "nan", "inf", "abc", header="unix")
    take(duckdb_store, path, {"started_at_unix_seconds": "unix"})
    assert [number for _, number, _ in quarantined(duckdb_store)] == [2, 3, 4, 5, 6]


def test_whole_numbers_may_be_written_as_floats(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, log(tmp_path / "a.csv", f"{TIME},374.0,1e3"))
    row = only(duckdb_store, InferenceRequest)
    assert (row["input_tokens"], row["output_tokens"]) == (374, 1000)


def test_a_mapping_that_does_not_fit_says_what_there_is(duckdb_store: Store, tmp_path: Path) -> None:
    path = log(tmp_path / "a.csv", f"{TIME},1,1")
    assert no(duckdb_store, path, {**LOG_MAP, "tokens": "in"}).startswith(
        "The mapping names the unknown field 'tokens'; there are: started_at, input_tokens,"
    )
    assert no(duckdb_store, path, {**LOG_MAP, "user_id": "who"}) == (
        "a.csv has no column 'who', which the mapping names; it has: time, in, out."
    )
    assert no(duckdb_store, path, LOG_MAP, {}) == (
        "The mapping does not say where provider comes from; add a column for it, or one value for the whole file."
    )
    assert no(duckdb_store, path, {"input_tokens": "in"}).startswith("The mapping does not say where started_at")
    assert no(duckdb_store, path, {**LOG_MAP, "model": "in"}) == (
        "The mapping says twice where model comes from; keep one."
    )
    both = {**LOG_MAP, "duration_seconds": "in", "duration_milliseconds": "out"}
    assert no(duckdb_store, path, both) == "The mapping says twice where duration_seconds comes from; keep one."


def test_a_log_without_one_good_row_is_refused_with_the_first_reason(duckdb_store: Store, tmp_path: Path) -> None:
    path = log(tmp_path / "a.csv", f"{TIME},-1,1")
    assert no(duckdb_store, path) == "a.csv has no row that can be loaded: row 1: input_tokens is negative."
    assert no(duckdb_store, write(tmp_path / "b.csv", "")) == "b.csv is empty; deliver it again."


def test_values_in_a_setting_are_values_and_never_sql(duckdb_store: Store, tmp_path: Path) -> None:
    evil = "x'; drop table staged; --"
    path = log(tmp_path / "a.csv", f"{TIME},1,1", header='time,"i""n",out')
    take(duckdb_store, path, {"started_at": "time", "input_tokens": 'i"n'}, model=evil, feature=evil)
    row = only(duckdb_store, InferenceRequest)
    assert (row["model"], row["input_tokens"]) == (evil, 1)
    assert json.loads(row["tags"]) == {"feature": evil}


def test_keys_computed_in_sql_are_those_of_the_domain(duckdb_store: Store, tmp_path: Path) -> None:
    header = "time,project,key,user,model,feature"
    path = log(tmp_path / "a.csv", f"{TIME},p,k,u,m,search", f"{TIME},,,,,", header=header)
    mapping = {
        "started_at": "time",
        "project_id": "project",
        "api_key_id": "key",
        "user_id": "user",
        "model": "model",
        "feature": "feature",
    }
    (outcome,) = ingest(
        duckdb_store, path, kind="request_log", name="log", map=mapping, set={"provider": "Zürich|AI"}
    )  # fmt: skip
    assert outcome.row_count == 2
    for row in rows(duckdb_store, InferenceRequest):
        names = ("provider", "account_id", "project_id", "api_key_id", "user_id", "model", "service", "tags")
        assert row["attribution_key"] == Dimensions(*(row[name] for name in names)).key()
    assert {row["tags"] for row in rows(duckdb_store, InferenceRequest)} == {'{"feature":"search"}', None}
