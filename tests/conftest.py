"""Stores on every engine."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import fakesnow
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from store.engine import Store, open_store
from store.migrate import upgrade
from tests.support.postgres import running_postgres
from tests.support.quick_fakesnow import rewrite_in_place

settings.register_profile("burnline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("burnline")
# a noisy machine must not fail a property that holds

rewrite_in_place()

ENGINES = ("duckdb", "postgresql", "snowflake")

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store on each engine: DuckDB, a real PostgreSQL server, and Snowflake's dialect."""
    match request.param:
        case "duckdb":
            yield from _migrated(f"duckdb:///{tmp_path / 'store.duckdb'}")
        case "postgresql":
            yield from _fresh_postgres(request.getfixturevalue("postgres_url"))
        case _:
            with fakesnow.patch():
                yield from _migrated(f"snowflake://user:password@account/burnline{next(_numbers)}/main")


@pytest.fixture
def duckdb_store(tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated DuckDB store."""
    yield from _migrated(f"duckdb:///{tmp_path / 'store.duckdb'}")


def _fresh_postgres(url: str) -> Iterator[Store]:
    name = f"burnline{next(_numbers)}"
    admin = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    admin.dispose()
    yield from _migrated(url.removesuffix("/postgres") + f"/{name}")


def _migrated(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        upgrade(store)
        yield store
    finally:
        store.close()
