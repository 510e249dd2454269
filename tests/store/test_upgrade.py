"""A store of an earlier version, brought to this one: what it holds is rolled up as if it had been loaded today."""

import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from config.loader import Reference
from domain.slo.counting import countings
from domain.slo.definition import Kind
from store import rollup
from store.books import Books
from store.bulk import insert_rows
from store.engine import Store, open_store
from store.migrate import SCRIPTS, upgrade
from store.price_book import PriceBook
from store.reference import sync_reference
from store.schema import column_names, table, to_batch
from store.tables import (
    InferenceRequest,
    LatencyDay,
    LatencyHour,
    ReferenceFile,
    RequestDay,
    RequestHour,
    SliHour,
    SliMinute,
    SloObjective,
    SloScope,
)
from tests.support.facts import days, load, request
from tests.support.slos import indicator, slo

BEFORE_PROMISES, BEFORE_SCOPES_BY_SOURCE = "0009", "0011"
SLOS = (
    slo("all", indicator()),
    slo("fast", indicator(Kind.LATENCY, threshold_seconds=Decimal("1.7"))),
    slo("of-one-log", indicator(source="log", filters=(("model", "o*"),))),
)
REFERENCE = Reference(slos=SLOS, declared=frozenset({"slos"}))
SOURCES = ("log", "gateway")
ROLLED_UP = (RequestDay, RequestHour, LatencyHour, LatencyDay, SliMinute, SliHour, SloScope)


def requests(source: str) -> list[InferenceRequest]:
    """Over two months, each day another model."""
    return [
        request(
            day,
            977 * number,
            source=source,
            model=("gpt-4o", "o9", None)[day % 3],
            status_code=(200, 200, 429, 503)[number % 4],
            duration_seconds=(1.7, 1.75, None)[number % 3],
        )
        for day in (1, 2, 29, 31, 33)
        for number in range(len(source) * 5)
    ]


def rows(store: Store) -> dict[str, list[str]]:
    with store.read() as connection:
        return {
            row.__name__: sorted(map(str, connection.execute(sa.select(*table(row).c[column_names(row)]))))
            for row in ROLLED_UP
        }


@pytest.fixture
def fresh(duckdb_store: Store) -> Store:
    """A store of today's version with its requests loaded by today's code."""
    sync_reference(duckdb_store, REFERENCE)
    books = Books(PriceBook(), objectives=tuple(countings(SLOS)))
    for source in SOURCES:
        load(duckdb_store, requests(source), days(1, 40), row=InferenceRequest, source=source, books=books)
    return duckdb_store


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"duckdb:///{tmp_path / 'old.duckdb'}")
    yield store
    store.close()


def bring_to(store: Store, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    with store.write() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def put_requests(store: Store) -> None:
    with store.write() as connection:
        for source in SOURCES:
            insert_rows(connection, InferenceRequest, to_batch(InferenceRequest, requests(source)))


def test_requests_from_before_promises_are_counted_like_new_ones(old: Store, fresh: Store) -> None:
    bring_to(old, BEFORE_PROMISES)
    put_requests(old)
    upgrade(old)
    sync_reference(old, REFERENCE)
    expected = rows(fresh)
    assert all(expected.values())
    assert rows(old) == expected


def test_scopes_without_a_source_are_found_again(old: Store, fresh: Store) -> None:
    bring_to(old, BEFORE_SCOPES_BY_SOURCE)
    put_requests(old)
    for row in (ReferenceFile, SloObjective):
        with fresh.read() as theirs, old.write() as ours:
            declared = [dict(one) for one in theirs.execute(sa.select(table(row))).mappings()]
            ours.execute(sa.insert(table(row)), declared)
    upgrade(old)
    sync_reference(old, REFERENCE)
    assert rows(old) == rows(fresh)


def test_rolling_up_again_keeps_the_edges_that_objectives_name(fresh: Store) -> None:
    before = rows(fresh)
    with fresh.write() as connection:
        rollup.refill(connection)
    assert rows(fresh) == before
