"""How many cores DuckDB may use for one question."""

from pathlib import Path

import pytest

from burnline import serve
from store.engine import Store, open_store


def threads_of(store: Store) -> int:
    with store.duckdb_cursor() as cursor:
        row = cursor.execute("select current_setting('threads')").fetchone()
    assert row is not None
    return int(row[0])


def test_a_store_uses_as_many_cores_as_it_is_given(tmp_path: Path) -> None:
    store = open_store(f"duckdb:///{tmp_path / 'store.duckdb'}", threads=1)
    try:
        assert threads_of(store) == 1
    finally:
        store.close()


@pytest.mark.parametrize(("cores", "threads"), [(None, 1), (1, 1), (2, 1), (3, 1), (8, 4)])
def test_the_server_leaves_half_the_cores_to_its_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int | None, threads: int
) -> None:
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("BURNLINE_STORE_URL", f"duckdb:///{tmp_path / 'store.duckdb'}")
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    store = serve.open_beside_pages().store
    try:
        assert threads_of(store) == threads
    finally:
        store.close()
