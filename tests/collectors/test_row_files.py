"""Tables of one row per thing from files: columns, words, times, and what is wrong with a row."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.errors import DataError, FatalError
from collectors.row_mapping import check_settings
from collectors.row_table import RowSettings, RowTable
from collectors.row_tables import (
    DEFECTS,
    EVALUATIONS,
    EVIDENCE,
    EXPERIMENTS,
    MEASUREMENTS,
    OPENINGS,
    RELEASES,
    SPECS,
)
from store.engine import Store
from store.tables import (
    Defect,
    EvidenceRequest,
    Experiment,
    Release,
    Spec,
)
from tests.collectors.delivering import delivered, ingest, loaded, only, quarantined, refused, rows, write

TABLES = (SPECS, RELEASES, EVALUATIONS, EXPERIMENTS, DEFECTS, MEASUREMENTS, OPENINGS, EVIDENCE)
HEADER = "release_id,created_at,kind,status,released_at,feature,spec_approved_at"


def releases(path: Path, *lines: str) -> Path:
    return write(path, "\n".join([HEADER, *lines]) + "\n")


def take(store: Store, path: Path, kind: str = "releases_csv", **settings: Any) -> Any:
    return loaded(store, path, kind=kind, name="given", **settings)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.row.__name__)
def test_every_name_of_a_declaration_is_a_field(table: RowTable) -> None:
    named = {
        *table.key,
        *table.words,
        *table.between,
        *table.columns,
        *table.needs,
        *(name for pair in table.in_order for name in pair),
        *(name for parts, whole in table.parts for name in (*parts, whole)),
        table.time,
    }
    assert named <= set(table.fields)
    assert table.converts.keys() == set(table.fields)


def test_columns_are_found_by_their_names_and_what_is_empty_is_unknown(duckdb_store: Store, tmp_path: Path) -> None:
    path = releases(tmp_path / "a.csv", "r1,2026-11-03T10:00:00+01:00,Prompt,released,,chat,")
    assert take(duckdb_store, path).row_count == 1
    found = only(duckdb_store, Release)
    assert found["created_at"] == datetime(2026, 11, 3, 9, tzinfo=UTC)
    assert (found["kind"], found["environment"]) == ("prompt", "production")
    assert (found["released_at"], found["spec_approved_at"]) == (None, None)
    assert quarantined(duckdb_store) == []


def test_the_day_of_a_file_is_the_midnight_of_its_zone(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "request_id;requested_at;delivered_at\nq1;2026-11-20;2026-11-26 09:00\n")
    take(duckdb_store, path, "evidence_csv", timezone="America/New_York")
    found = only(duckdb_store, EvidenceRequest)
    assert found["requested_at"] == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert found["delivered_at"] == datetime(2026, 11, 26, 14, tzinfo=UTC)


def test_a_mapping_names_columns_and_constants_and_the_others_are_left_out(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Key,status,Created,Reporter\nAI-1,Ready,2026-11-01,Jane Doe\n")
    take(
        duckdb_store,
        path,
        "specs_csv",
        map={"spec_id": "Key", "created_at": "Created"},
        set={"team": "Discovery"},
    )
    found = only(duckdb_store, Spec)
    assert (found["spec_id"], found["status"], found["team"]) == ("AI-1", "Ready", "Discovery")


def test_words_of_the_source_become_ours(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "experiment_id,created_at,status,outcome\ne1,2026-11-01,running,\ne2,2026-11-02,Done,Shipped\n"
        "e3,2026-11-03,Done,maybe\n",
    )
    words = {"status": {"done": "stopped"}, "outcome": {"shipped": "won"}}
    take(duckdb_store, path, "experiments_csv", words=words)
    assert [(row["status"], row["outcome"]) for row in rows(duckdb_store, Experiment)] == [
        ("running", None),
        ("stopped", "won"),
    ]
    told = "outcome 'maybe' is none of won, lost, inconclusive, aborted; map it under words"
    assert quarantined(duckdb_store) == [("a.csv", 3, told)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("r1,2026-11-03,code,released,,,", "release_id was there before; give each one row"),
        ("r2,2026-11-03,code,released,2026-11-02,,", "released_at is before created_at"),
        ("r2,yesterday,code,released,,,", "created_at is neither a time such as"),
        (",2026-11-03,code,released,,,", "release_id is empty"),
        ("r2,2026-11-03,code,released,,", "the row has 6 fields where the header has 7"),
        ("r2,1826-11-03,code,released,,,", "created_at is not between"),
    ],
)
def test_a_row_that_cannot_be_is_set_aside_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    path = releases(tmp_path / "a.csv", "r1,2026-11-03,feature,pending,,chat,", line)
    (kept,), ((name, number, told),) = delivered(path, kind="releases_csv")
    assert (kept["release_id"], name, number) == ("r1", "a.csv", 2)
    assert told.startswith(reason)


@pytest.mark.parametrize(
    ("kind", "header", "good", "bad", "reason"),
    [
        (
            "evaluations_csv",
            "evaluation_id,evaluated_at,kind,task,metric,score,sample_count",
            "e1,2026-11-01,automated,qa,exact,0.8,100",
            "e2,2026-11-01,automated,qa,exact,80,100",
            "score is not between 0 and 1",
        ),
        (
            "evaluations_csv",
            "evaluation_id,evaluated_at,kind,task,metric,score,sample_count",
            "e1,2026-11-01,automated,qa,exact,0.8,100",
            "e2,2026-11-01,automated,qa,exact,0.8,10.5",
            "sample_count is not a whole number",
        ),
        (
            "defects_csv",
            "defect_id,reported_at,status,ai_related,resolved_at",
            "d1,2026-11-01,open,yes,",
            "d2,2026-11-02,resolved,no,2026-11-01",
            "resolved_at is before reported_at",
        ),
        (
            "measurements_csv",
            "metric,period_start,period_end,numerator,denominator",
            "controls_fresh,2026-07-01,2026-10-01,38,40",
            "controls_fresh,2026-10-01,2027-01-01,41,40",
            "numerator is more than denominator",
        ),
        (
            "measurements_csv",
            "metric,period_start,period_end,numerator,denominator",
            "controls_fresh,2026-07-01,2026-10-01,38,40",
            "controls_fresh,2026-10-01,2027-01-01,38,",
            "denominator is empty, which controls_fresh cannot do without",
        ),
        (
            "measurements_csv",
            "metric,period_start,period_end,group_name,value,stddev",
            "trust,2026-07-01,2026-10-01,Total,7,",
            "trust,2026-07-01,2026-10-01,Search,7,1.2",
            "answer_count is empty, which a row with stddev cannot do without",
        ),
        (
            "measurements_csv",
            "metric,period_start,period_end,group_name,value,answer_count",
            "trust,2026-07-01,2026-10-01,,7,40",
            "trust,2026-07-01,2026-10-01,Total,7,40",
            "metric and group_name and period_start and period_end were there before; give each one row",
        ),
    ],
)
def test_each_table_has_checks_of_its_own(
    tmp_path: Path, kind: str, header: str, good: str, bad: str, reason: str
) -> None:
    kept, set_aside = delivered(write(tmp_path / "a.csv", f"{header}\n{good}\n{bad}\n"), kind=kind)
    assert len(kept) == 1
    assert set_aside == [("a.csv", 2, reason)]


def test_jsonl_and_parquet_are_read_like_csv(duckdb_store: Store, tmp_path: Path) -> None:
    first = {"defect_id": "d1", "reported_at": "2026-11-01T08:00:00Z", "status": "open", "ai_related": True}
    write(tmp_path / "in" / "a.jsonl", json.dumps(first) + '\n\n[1]\n{"defect_id": "d2"}\n')
    moment = datetime(2026, 11, 2, 8)  # noqa: DTZ001 - Parquet without a zone
    second = {"defect_id": "d3", "reported_at": moment, "status": "resolved", "ai_related": None, "reopened_count": 2}
    pq.write_table(pa.Table.from_pylist([second]), tmp_path / "in" / "b.parquet")
    take(duckdb_store, tmp_path / "in", "defects_csv")
    found = rows(duckdb_store, Defect)
    assert [(row["defect_id"], row["ai_related"], row["reopened_count"]) for row in found] == [
        ("d1", True, None),
        ("d3", None, 2),
    ]
    assert quarantined(duckdb_store) == [
        ("a.jsonl", 3, "the line is no JSON object"),
        ("a.jsonl", 4, "reported_at is empty"),
    ]


def test_a_file_that_is_delivered_again_takes_the_place_of_the_one_before(duckdb_store: Store, tmp_path: Path) -> None:
    path = releases(tmp_path / "a.csv", "r1,2026-11-03,code,released,2026-11-03,,")
    take(duckdb_store, path)
    assert ingest(duckdb_store, path, kind="releases_csv", name="given") == []
    take(duckdb_store, releases(tmp_path / "a.csv", "r1,2026-11-03,code,reverted,2026-11-03,,"))
    assert only(duckdb_store, Release)["status"] == "reverted"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("release_id,created_at,kind", "a.csv has no column 'status'; add it"),
        (f"{HEADER},relased_at", "a.csv has the unknown column 'relased_at'; there are: release_id,"),
        (f"{HEADER},kind", "a.csv has a column twice; keep one."),
    ],
)
def test_a_file_whose_header_does_not_fit_is_refused(tmp_path: Path, header: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        delivered(write(tmp_path / "a.csv", header + "\n"), kind="releases_csv")
    assert told in str(caught.value)


def test_a_file_without_a_row_that_can_be_loaded_is_refused(duckdb_store: Store, tmp_path: Path) -> None:
    told = refused(duckdb_store, releases(tmp_path / "a.csv", "r1,soon,,,,,"), kind="releases_csv", name="given")
    assert told.startswith("a.csv has no row that can be loaded: row 1: created_at is neither")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"map": {"author": "who"}}, "The mapping names the unknown field 'author'"),
        ({"map": {"team": "a"}, "set": {"team": "b"}}, "says twice where team comes from"),
        ({"set": {"created_at": "2026-11-01"}}, "created_at cannot be one value for all rows"),
        (
            {"words": {"team": {"a": "b"}}},
            "words names 'team', which takes any text; fields of fixed words are kind, st",
        ),
        ({"words": {"kind": {"a": "b"}}}, "words maps kind to 'b', which is none of feature, prompt, model, code"),
    ],
)
def test_settings_that_do_not_fit_are_told(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(FatalError) as caught:
        check_settings(RELEASES, RowSettings(**settings))
    assert told in str(caught.value)
