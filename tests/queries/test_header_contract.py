"""Every query file keeps what its header says, on an empty store and on a full one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from queries.catalog import Query, catalog
from queries.runner import run
from store.engine import Store, open_store
from store.migrate import upgrade
from tests.app.support.seed import seed
from tests.support.query_params import params_between

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
QUERIES = sorted(catalog())


def params(query: Query) -> dict[str, Any]:
    """One value per parameter: the last 28 days, and the lists left open."""
    return params_between(query, NOW - timedelta(days=28), NOW)


@pytest.fixture(scope="module", params=["empty", "full"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store without a row, and one with 120 days of a small company."""
    opened = open_store(f"duckdb:///{tmp_path_factory.mktemp('contract')}/{request.param}.duckdb")
    upgrade(opened)
    if request.param == "full":
        seed(opened, NOW)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_returns_what_its_header_says(store: Store, name: str) -> None:
    query = catalog()[name]
    assert run(store, name, **params(query)).table.schema.equals(query.schema)


@pytest.mark.parametrize("name", [n for n in QUERIES if "texts" in catalog()[n].params.values()])
def test_a_list_filter_that_matches_nothing_leaves_nothing_but_totals(store: Store, name: str) -> None:
    query = catalog()[name]
    lists = {key: ["no such value"] for key, word in query.params.items() if word == "texts"}
    rows = run(store, name, **params(query), **lists).rows()
    assert all(value is None for row in rows for value in row.values())


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_asks_a_question_and_states_its_grain(name: str) -> None:
    query = catalog()[name]
    assert query.title.endswith("?")
    assert query.grain.startswith("one row")


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_plain_sql_with_a_stated_order(name: str) -> None:
    sql = catalog()[name].sql.lower()
    assert not re.search(r"::|\bqualify\b|\bfilter\s*\(", sql)
    assert "order by" in sql or catalog()[name].grain.startswith("one row.") or catalog()[name].grain == "one row"


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_uses_each_parameter_it_declares(name: str) -> None:
    query = catalog()[name]
    used = set(re.findall(r"(?<!:):(\w+)", query.sql))
    assert used == set(query.params) | {f"any_{key}" for key, word in query.params.items() if word == "texts"}


def test_query_files_fit_the_line() -> None:
    folder = Path(__file__).parents[2] / "queries"
    assert not [path.name for path in folder.glob("*/*.sql") if max(map(len, path.read_text().splitlines())) > 120]
