"""Openings from files: ids are hashed, titles dropped, impossible rows set aside."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import hashed_ids
from collectors.errors import FatalError
from collectors.hashed_ids import hashed
from config.secrets import forget
from store.engine import Store
from store.tables import Opening
from tests.collectors.delivering import delivered, loaded, only, refused, rows, write

HEADER = "opening_id,job_title,department,opened_at,filled_at,offer_accepted_at,start_date,status,is_ai_role"
FILLED = "OP-7,ML Engineer,AI Platform,2026-07-01,2026-09-15,2026-09-14,2026-10-05,filled,true"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(folder))
    return folder


def take(store: Store, path: Path, **settings: Any) -> Any:
    return loaded(store, path, kind="openings_csv", name="hiring", **settings)


def test_an_opening_keeps_its_times_and_neither_its_id_nor_its_title(
    duckdb_store: Store, tmp_path: Path, config: Path
) -> None:
    take(duckdb_store, write(tmp_path / "hiring_openings.csv", f"\ufeff{HEADER}\n{FILLED}\n"))
    found = only(duckdb_store, Opening)
    assert "OP-7" not in repr(found)
    assert "ML Engineer" not in repr(found)
    assert found | {"opening_id": ""} == {
        "source": "hiring",
        "opening_id": "",
        "opened_at": datetime(2026, 7, 1, tzinfo=UTC),
        "status": "filled",
        "team": "AI Platform",
        "is_ai_role": True,
        "offer_accepted_at": datetime(2026, 9, 14, tzinfo=UTC),
        "filled_at": datetime(2026, 9, 15, tzinfo=UTC),
        "starts_at": datetime(2026, 10, 5, tzinfo=UTC),
    }
    assert (config / "ids.salt").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (FILLED.replace("OP-7", "OP-8").replace("2026-07-01", "2026-09-20"), "filled_at is before opened_at"),
        (
            "OP-8,,AI,2026-07-01,,,,filled,true",
            "status is filled, but filled_at and offer_accepted_at are empty",
        ),
        (FILLED, "opening_id was there before; give each one row"),
        (
            "OP-8,,AI,2026-07-01,,,,paused,true",
            "status 'paused' is none of open, filled, cancelled, on_hold; map it under words",
        ),
    ],
)
def test_a_row_that_cannot_be_is_set_aside(tmp_path: Path, line: str, reason: str) -> None:
    kept, set_aside = delivered(write(tmp_path / "a.csv", f"{HEADER}\n{FILLED}\n{line}\n"), kind="openings_csv")
    assert len(kept) == 1
    assert set_aside == [("a.csv", 2, reason)]


def test_a_file_that_lacks_a_column_is_refused_whole(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "opening_id,department,opened_at,filled_at,start_date,status,is_ai_role\n")
    told = refused(duckdb_store, path, kind="openings_csv", name="hiring")
    assert told.startswith("a.csv has no column 'offer_accepted_at'; add it")


def test_departments_and_titles_say_what_an_ai_role_is(duckdb_store: Store, tmp_path: Path) -> None:
    lines = ["1,Designer,AI Platform", "2,ML engineer,Search", "3,Accountant,Finance"]
    body = "".join(f"{line},2026-07-0{n},,,,open,\n" for n, line in enumerate(lines, start=1))
    path = write(tmp_path / "a.csv", f"{HEADER}\n{body}")
    take(duckdb_store, path, ai_departments=["AI Platform"], ai_titles=r"\bml\b")
    assert {row["team"]: row["is_ai_role"] for row in rows(duckdb_store, Opening)} == {
        "AI Platform": True,
        "Search": True,
        "Finance": False,
    }


def test_the_salt_is_kept_and_tells_installations_apart(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = hashed("OP-7", None)
    hashed_ids._kept.cache_clear()
    assert hashed("OP-7", None) == first
    (config / "ids.salt").unlink()
    hashed_ids._kept.cache_clear()
    assert hashed("OP-7", None) != first
    monkeypatch.setenv("ID_SALT", "of another installation")
    forget("env:ID_SALT")
    assert hashed("OP-7", "env:ID_SALT") == hashed("OP-7", "env:ID_SALT") != first


def test_a_salt_that_cannot_be_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(write(tmp_path / "a file", "") / "config"))
    with pytest.raises(FatalError, match="set salt to a reference"):
        hashed("OP-7", None)
