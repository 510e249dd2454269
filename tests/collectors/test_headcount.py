"""Headcount: the last snapshot of a month counts, leavers of small departments are not kept."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.errors import DataError
from tests.collectors.delivering import delivered, write

HEADER = "as_of,department,role_family,fte,is_ai_role,voluntary_leavers"


def take(path: Path, **settings: Any) -> dict[tuple[str, str | None], Any]:
    kept, _ = delivered(path, kind="headcount_csv", **settings)
    return {(row["metric"], row["group_name"]): row for row in kept}


def table(path: Path, *lines: str) -> Path:
    return write(path, "\n".join([HEADER, *lines]) + "\n")


def test_the_last_snapshot_of_a_month_counts_and_leavers_are_added_up(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv",
        "2026-10-15,Search,engineer,8,true,1",
        "2026-10-31,Search,engineer,7,true,1",
        "2026-10-31,Search,research,2.5,true,0",
        "2026-10-31,Care,engineer,6,true,",
        "2026-10-31,Care,engineer,6.5,true,0",
        "2026-10-31,Care,engineer,-1,true,0",
    )
    kept, set_aside = delivered(path, kind="headcount_csv")
    found = {(row["metric"], row["group_name"]): row for row in kept}
    assert {key: row["value"] for key, row in found.items()} == {
        ("headcount", "Search"): 9.5,
        ("headcount", "Care"): 6.5,
        ("headcount", None): 16,
        ("voluntary_leavers", "Search"): 2,
        ("voluntary_leavers", "Care"): 0,
        ("voluntary_leavers", None): 2,
    }
    search = found["voluntary_leavers", "Search"]
    assert (search["denominator"], search["team"]) == (9.5, "Search")
    assert search["period_start"] == datetime(2026, 10, 1)  # noqa: DTZ001 - as Arrow has it
    assert set_aside == [("a.csv", 6, "fte is negative")]


def test_leavers_of_a_small_department_cannot_be_worked_out(tmp_path: Path) -> None:
    lines = [f"2026-10-31,{name},,{fte},true,1" for name, fte in [("Search", 9), ("Care", 6), ("Lab", 3)]]
    found = take(table(tmp_path / "a.csv", *lines))
    left = {group for metric, group in found if metric == "voluntary_leavers"}
    assert left == {"Search", None}
    assert {group for metric, group in found if metric == "headcount"} == {"Search", "Care", "Lab", None}


def test_leavers_that_a_department_does_not_tell_are_nobody_else_s_sum(tmp_path: Path) -> None:
    found = take(table(tmp_path / "a.csv", "2026-10-31,Search,,9,true,1", "2026-10-31,Care,,9,true,"))
    assert {group for metric, group in found if metric == "voluntary_leavers"} == {"Search"}


def test_only_ai_roles_count_where_it_is_set(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "2026-10-31,Search,ml,9,true,", "2026-10-31,Search,sales,5,false,")
    assert take(path, ai_roles_only=True)["headcount", None]["value"] == 9


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "as_of,fte\n2026-10-31,3\n")
    with pytest.raises(DataError) as caught:
        delivered(path, kind="headcount_csv")
    assert str(caught.value) == "a.csv has no column 'department'; add it, or map it under columns."
