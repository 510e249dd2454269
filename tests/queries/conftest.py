"""Stores for questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from tests.conftest import empty_store


@pytest.fixture(params=("duckdb", "postgresql"))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store; that Snowflake's dialect answers alike, `test_every_engine` asks of every query."""
    yield from empty_store(request, tmp_path)
