"""Incidents and remediation items from CSV files: columns by name, reopened ones, what is wrong with a row."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from store.engine import Store
from store.tables import Incident, IncidentAction, IncidentSpan
from tests.collectors.delivering import ingest, loaded, only, quarantined, refused, rows, write

HEADER = "incident_id,title,declared_at,severity,impact_started_at,resolved_at"
ACTIONS = "action_id,incident_id,created_at,title,state,owner,due_on,completed_at"

FIRST = "2026-11-03T09:00Z/2026-11-03T10:00Z"
SHAPE = "impact_spans is not start/end;start/end, with no end but the last left out"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def table_of(path: Path, *lines: str, header: str = HEADER) -> Path:
    return write(path, "\n".join([header, *lines]) + "\n")


def take(store: Store, path: Path, **settings: Any) -> Any:
    return loaded(store, path, kind="incidents_csv", name="desk", **settings)


def no(store: Store, path: Path, kind: str = "incidents_csv", **settings: Any) -> str:
    return refused(store, path, kind=kind, name="desk", **settings)


def test_an_incident_is_kept_as_the_file_says_it(store: Store, tmp_path: Path) -> None:
    path = table_of(
        tmp_path / "a.csv", "7,Slow answers,2026-11-03T10:00:00Z,SEV2,2026-11-03 09:50,2026-11-03T12:00+01:00"
    )
    services = {"chat": {"team": "Discovery"}}
    assert take(store, path, ai_related=True, services=services).row_count == 1
    row = only(store, Incident)
    assert {name: value for name, value in row.items() if value is not None} == {
        "source": "desk",
        "incident_id": "7",
        "title": "Slow answers",
        "status": "resolved",
        "declared_at": at(3, 10),
        "severity": "sev2",
        "severity_from": "severity",
        "ai_related": True,
        "impact_started_at": at(3, 9, 50),
        "resolved_at": at(3, 11),
        "postmortem_due_at": at(6, 11),
    }
    span = only(store, IncidentSpan)
    assert (span["started_at"], span["ended_at"]) == (at(3, 9, 50), at(3, 11))
    assert ingest(store, path, kind="incidents_csv", name="desk", ai_related=True, services=services) == []


def test_a_corrected_file_replaces_what_it_said(duckdb_store: Store, tmp_path: Path) -> None:
    first = "1,A,2026-11-03T10:00Z,sev2,2026-11-03T09:00Z,"
    take(duckdb_store, table_of(tmp_path / "a.csv", first, "2,B,2026-11-04T10:00Z,sev3,,"))
    assert {row["status"] for row in rows(duckdb_store, Incident)} == {"open"}
    take(duckdb_store, table_of(tmp_path / "a.csv", first + "2026-11-05T09:00Z", "3,C,2026-11-04T10:00Z,sev3,,"))
    assert {row["incident_id"]: row["status"] for row in rows(duckdb_store, Incident)} == {"1": "resolved", "3": "open"}
    assert only(duckdb_store, IncidentSpan)["ended_at"] == at(5, 9)


@pytest.mark.parametrize(
    ("spans", "status", "ends"),
    [
        (f"{FIRST}; 2026-11-03T12:00Z/2026-11-03T12:30Z", "mitigated", [at(3, 10), at(3, 12, 30)]),
        (f"{FIRST};2026-11-03T12:00Z/", "open", [at(3, 10), None]),
    ],
)
def test_a_reopened_incident_names_its_spans(
    duckdb_store: Store, tmp_path: Path, spans: str, status: str, ends: list[datetime | None]
) -> None:
    header = "incident_id,title,declared_at,impact_spans"
    take(duckdb_store, table_of(tmp_path / "a.csv", f"1,A,2026-11-03T10:00Z,{spans}", header=header))
    row = only(duckdb_store, Incident)
    assert (row["status"], row["impact_started_at"]) == (status, at(3, 9))
    found = sorted(rows(duckdb_store, IncidentSpan), key=lambda span: span["started_at"])
    assert [span["ended_at"] for span in found] == ends


def test_merged_and_declined_ones_say_so(duckdb_store: Store, tmp_path: Path) -> None:
    header = "incident_id,title,declared_at,status,merged_into"
    lines = ("1,A,2026-11-03T10:00Z,,2", "2,B,2026-11-03T10:00Z,Declined,")
    take(duckdb_store, table_of(tmp_path / "a.csv", *lines, header=header))
    assert {row["incident_id"]: row["status"] for row in rows(duckdb_store, Incident)} == {
        "1": "merged",
        "2": "declined",
    }


def test_an_incident_over_before_it_began_is_kept_as_told(duckdb_store: Store, tmp_path: Path) -> None:
    path = table_of(tmp_path / "a.csv", "1,A,2026-11-03T10:00Z,sev1,2026-11-03T12:00Z,2026-11-03T09:00Z")
    take(duckdb_store, path)
    span = only(duckdb_store, IncidentSpan)
    assert span["ended_at"] < span["started_at"]


BAD_ROWS = [
    ("2,B,soon,sev2,,", "declared_at is not a time such as 2026-11-03T14:05:00Z"),
    (",B,2026-11-03T10:00Z,sev2,,", "incident_id is empty"),
    ("3,,2026-11-03T10:00Z,sev2,,", "title is empty"),
    ("4,B,2026-11-03T10:00Z,awful,,", "severity is none of sev1 to sev4; map it under severities"),
    ("1,A,2026-11-03T10:00Z,sev2,,", "incident_id was there before; give each incident one row"),
    ("5,B,1666-09-02T10:00Z,sev2,,", "declared_at is not between 1970-01-01 and 2999-01-01"),
    ("6,B,2026-11-03T10:00Z", "the row has 3 fields where the header has 6"),
]


def test_every_bad_row_is_set_aside_with_its_number_and_reason(duckdb_store: Store, tmp_path: Path) -> None:
    lines = ("1,A,2026-11-03T10:00Z,sev2,,", *(line for line, _ in BAD_ROWS))
    assert take(duckdb_store, table_of(tmp_path / "a.csv", *lines)).quarantined_count == len(BAD_ROWS)
    assert quarantined(duckdb_store) == [
        ("a.csv", number, reason) for number, (_, reason) in enumerate(BAD_ROWS, start=2)
    ]


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ("2026-11-03T09:00Z", SHAPE),
        ("2026-11-03T09:00Z/;2026-11-03T10:00Z/2026-11-03T11:00Z", SHAPE),
        ("2026-11-03T08:00Z/", "impact_started_at is not the start of the first of impact_spans; leave one out"),
    ],
)
def test_spans_that_cannot_be_are_told(duckdb_store: Store, tmp_path: Path, spans: str, reason: str) -> None:
    header = "incident_id,title,declared_at,impact_started_at,impact_spans"
    line = f"1,A,2026-11-03T10:00Z,2026-11-03T09:00Z,{spans}"
    assert no(duckdb_store, table_of(tmp_path / "a.csv", line, header=header)) == (
        f"a.csv has no row that can be loaded: row 1: {reason}."
    )


def test_a_file_that_does_not_fit_is_refused_whole(duckdb_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert no(duckdb_store, table_of(path, "1", header="incident")).startswith(
        "a.csv has the unknown column 'incident'; there are: incident_id, title,"
    )
    assert no(duckdb_store, table_of(path, "1,A", header="incident_id,title")) == (
        "a.csv has no column 'declared_at'; add it: every row needs one."
    )
    path.write_bytes(b"incident_id,title,declared_at\n1,\xff,2026-11-03\n")
    assert no(duckdb_store, path).startswith("a.csv is no CSV file in UTF-8")


def test_remediation_items_have_owner_due_day_and_state(store: Store, tmp_path: Path) -> None:
    path = table_of(
        tmp_path / "a.csv",
        "1,INC-7,2026-11-04T10:00Z,Add a limit,,Ines Okafor,2026-11-20,",
        "2,INC-7,2026-11-05T10:00Z,Write a test,,,,2026-11-09T10:00Z",
        "3,INC-7,2026-11-05T10:00Z,Buy more,dropped,,,",
        "3,INC-7,2026-11-05T10:00Z,Again,,,,",
        "4,INC-7,2026-11-05T10:00Z,Late,,,someday,",
        header=ACTIONS,
    )
    assert loaded(store, path, kind="incident_actions_csv", name="items").row_count == 3
    found = {row["action_id"]: row for row in rows(store, IncidentAction)}
    assert {key: row["state"] for key, row in found.items()} == {"1": "open", "2": "done", "3": "dropped"}
    assert (found["1"]["owner"], found["1"]["due_on"]) == ("Ines Okafor", date(2026, 11, 20))
    assert quarantined(store) == [
        ("a.csv", 4, "action_id was there before; give each item one row"),
        ("a.csv", 5, "due_on is not a day such as 2026-11-03"),
    ]
