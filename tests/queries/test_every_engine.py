"""One set of SQL files: every query gives the same answer on DuckDB, PostgreSQL and Snowflake's dialect."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import fakesnow
import pytest
import sqlalchemy as sa

from queries.catalog import catalog
from queries.runner import run
from store import bulk, source_health
from store.engine import Store, open_store
from store.migrate import upgrade
from store.schema import to_batch
from store.tables import CollectorRun
from tests.app.support.seed import seed
from tests.queries.test_header_contract import NOW, QUERIES, params

CENT_OF_A_CENT = Decimal("0.0001")
"""The imitation of Snowflake adds NUMBER columns as doubles; DuckDB and PostgreSQL must agree to the last digit."""

_numbers = count(1)


@pytest.fixture(scope="module")
def duckdb_answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"duckdb:///{tmp_path_factory.mktemp('engines') / 'store.duckdb'}")
    upgrade(store)
    seed(store, NOW)
    yield store
    store.close()


@pytest.fixture(scope="module")
def postgres_store(postgres_url: str) -> Iterator[Store]:
    name = f"queries{next(_numbers)}"
    admin = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    admin.dispose()
    store = open_store(postgres_url.removesuffix("/postgres") + f"/{name}")
    upgrade(store)
    seed(store, NOW)
    yield store
    store.close()


@pytest.fixture(scope="module")
def snowflake_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with fakesnow.patch(), pytest.MonkeyPatch.context() as patch:
        store = open_store(f"snowflake://user:password@account/queries{next(_numbers)}/main")
        upgrade(store)
        patch.setattr("tests.app.support.seed.insert", _insert_in_bulk)
        seed(store, NOW)
        yield store
        store.close()


def _insert_in_bulk(store: Store, row: type, rows: Any) -> None:
    with bulk.staged(store, row, [to_batch(row, rows)]) as staged, store.write() as connection:
        staged.insert(connection)
        if row is CollectorRun:
            source_health.refresh(connection)


@pytest.mark.parametrize("name", QUERIES)
def test_postgresql_answers_like_duckdb_to_the_last_digit(
    duckdb_answers: Store, postgres_store: Store, name: str
) -> None:
    given = params(catalog()[name])
    assert _sorted(run(postgres_store, name, **given).rows()) == _sorted(run(duckdb_answers, name, **given).rows())


@pytest.mark.parametrize("name", QUERIES)
def test_snowflakes_dialect_answers_like_duckdb(duckdb_answers: Store, snowflake_store: Store, name: str) -> None:
    given = params(catalog()[name])
    theirs = _sorted(run(snowflake_store, name, **given).rows())
    ours = _sorted(run(duckdb_answers, name, **given).rows())
    assert len(theirs) == len(ours)
    for their, our in zip(theirs, ours, strict=True):
        assert their.keys() == our.keys()
        assert [key for key in our if not _alike(their[key], our[key])] == []


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({k: _rounded(v) for k, v in row.items()} for row in rows), key=lambda row: str(_coarse(row)))


def _rounded(value: Any) -> Any:
    return round(value, 9) if isinstance(value, float) else value


def _coarse(row: dict[str, Any]) -> list[Any]:
    return [value.quantize(CENT_OF_A_CENT) if isinstance(value, Decimal) else value for value in row.values()]


def _alike(theirs: Any, ours: Any) -> bool:
    if isinstance(ours, Decimal) and isinstance(theirs, Decimal):
        return abs(theirs - ours) < CENT_OF_A_CENT
    return bool(theirs == ours)
