"""Who did what is on record, once for each act, in the transaction of the act itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from config.loader import FeatureEntry, Reference
from domain.window import Window
from queries.runner import run
from store import audit
from store.engine import Store
from store.kpi_snapshots import keep_week
from store.ledger import request_collection, take_requests
from store.reference import sync_reference
from store.tables import KpiSnapshot

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FEATURE = FeatureEntry(key="chat", name="Chat", team="Care", tier="critical", owner="Ana")
DECLARED = Reference(features=(FEATURE,), declared=frozenset({"features.toml"}))


def acts(store: Store) -> list[tuple[str, str, str, str | None]]:
    """Actor, action, subject and detail, newest first."""
    rows = run(store, "ops/audit_log", since=NOW - timedelta(days=1)).rows()
    return [(row["actor"], row["action"], row["subject"], row["detail"]) for row in rows]


def test_a_wish_to_run_a_source_names_who_has_it(duckdb_store: Store) -> None:
    request_collection(duckdb_store, "bills", None, "Ana", NOW)
    request_collection(duckdb_store, "bills", Window(NOW - timedelta(days=2), NOW), "Ben", NOW + timedelta(hours=1))
    assert acts(duckdb_store) == [
        ("Ben", "asked for a run", "source/bills", "[2026-11-21 09:00, 2026-11-23 09:00) UTC"),
        ("Ana", "asked for a run", "source/bills", None),
    ]


def test_a_file_that_changed_is_on_record_with_its_digest_and_one_that_did_not_is_not(duckdb_store: Store) -> None:
    sync_reference(duckdb_store, DECLARED, NOW)
    sync_reference(duckdb_store, DECLARED, NOW + timedelta(hours=1))
    moved = replace(DECLARED, features=(FEATURE.model_copy(update={"team": "Search"}),))
    sync_reference(duckdb_store, moved, NOW + timedelta(hours=2))
    told = [
        f"revision {revision}, SHA-256 of what it declares {sha256(repr(known.features).encode()).hexdigest()}"
        for revision, known in ((2, moved), (1, DECLARED))
    ]
    assert acts(duckdb_store) == [("Burnline", "read a changed file", "config/features.toml", one) for one in told]


def test_a_closed_week_is_on_record_once(duckdb_store: Store) -> None:
    row = KpiSnapshot(
        week_start=date(2026, 11, 16),
        kpi="mttr",
        scope_type="all",
        scope="",
        cadence="month",
        period_start=NOW - timedelta(days=60),
        period_end=NOW - timedelta(days=30),
        status="met",
        facts_state="known",
        closed_at=NOW,
        query_sha256="ab",
    )
    assert keep_week(duckdb_store, [row], [], "Ines")
    assert not keep_week(duckdb_store, [row], [])
    assert acts(duckdb_store) == [("Ines", "closed", "week/2026-11-16", None)]


def test_an_act_that_cannot_be_put_on_record_is_not_done(duckdb_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "note", refused)
    with pytest.raises(RuntimeError):
        request_collection(duckdb_store, "bills", None, "Ana", NOW)
    assert take_requests(duckdb_store, NOW) == []
