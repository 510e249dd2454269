"""Stores on every engine."""

import shutil
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import fakesnow
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from store.engine import Store, open_store
from store.migrate import upgrade
from tests.support.engines import ENGINES
from tests.support.postgres import running_postgres
from tests.support.quick_fakesnow import rewrite_in_place

settings.register_profile("burnline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("burnline")
# a noisy machine must not fail a property that holds

rewrite_in_place()

SNOWFLAKE = "snowflake://user:password@account/burnline/main"

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def duckdb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated, empty store: the migrations take half a second, a copy of what they make nothing."""
    path = tmp_path_factory.mktemp("duckdb") / "store.duckdb"
    for _ in _migrated(f"duckdb:///{path}"):
        pass
    return path


@pytest.fixture(scope="session")
def snowflake_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated, empty store in Snowflake's dialect: each migration's statements take it a second."""
    folder = tmp_path_factory.mktemp("snowflake")
    with fakesnow.patch(db_path=folder):
        for _ in _migrated(SNOWFLAKE):
            pass
    return folder


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store on each engine: DuckDB, a real PostgreSQL server, and Snowflake's dialect."""
    yield from empty_store(request, tmp_path)


def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store on the engine that a fixture's parameter names."""
    match request.param:
        case "duckdb":
            yield from _copied(request.getfixturevalue("duckdb_template"), tmp_path)
        case "postgresql":
            yield from fresh_postgres(request.getfixturevalue("postgres_url"))
        case _:
            folder = shutil.copytree(request.getfixturevalue("snowflake_template"), tmp_path / "snowflake")
            with fakesnow.patch(db_path=folder):
                opened = open_store(SNOWFLAKE)
                yield opened
                opened.close()


@pytest.fixture
def duckdb_store(duckdb_template: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated DuckDB store."""
    yield from _copied(duckdb_template, tmp_path)


def fresh_postgres(url: str) -> Iterator[Store]:
    """An empty, migrated store in a database of its own on that server."""
    name = f"burnline{next(_numbers)}"
    _create_database(url, name, _postgres_template(url))
    opened = open_store(url.removesuffix("/postgres") + f"/{name}")
    yield opened
    opened.close()


@cache
def _postgres_template(url: str) -> str:
    """The name of a migrated, empty database on that server, of which others are copies."""
    name = f"template{next(_numbers)}"
    _create_database(url, name, "template1")
    for _ in _migrated(url.removesuffix("/postgres") + f"/{name}"):
        pass
    return name


def _create_database(url: str, name: str, template: str) -> None:
    admin = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"create database {name} template {template}"))
    admin.dispose()


def _copied(template: Path, folder: Path) -> Iterator[Store]:
    opened = open_store(f"duckdb:///{shutil.copy(template, folder / 'store.duckdb')}")
    yield opened
    opened.close()


def _migrated(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        upgrade(store)
        yield store
    finally:
        store.close()
