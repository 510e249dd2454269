"""A seeded store and an empty one, migrated once per session and copied per test; a fixed clock; page drivers."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import data
from app.charts.finished import FinishedFigure
from app.navigation import PageFile, discover
from store.engine import Store, open_store
from store.migrate import upgrade
from tests.app.support import company
from tests.app.support.seed import seed
from tests.support.slos import write_slos

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
"""A Monday; today is day 23 of a month of 30 days, 22 of them whole."""

FIRST = "weekly"
"""The page that the app opens with."""

OpenApp = Callable[..., AppTest]

CONFIG = """
demo = true
[organization]
name = "Larkfield"
[sources.openai_costs]
every = "1h"
[sources.anthropic_usage]
"""


@pytest.fixture(autouse=True)
def checked_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plotly checks every figure that a page draws; a property it does not know raises."""
    monkeypatch.setattr(FinishedFigure, "to_dict", lambda self: go.Figure(**self._figure).to_dict())


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, company.Books]:
    """The files of a full and of an empty store, and the rows of the full one."""
    folder = tmp_path_factory.mktemp("stores")
    full, empty = folder / "full.duckdb", folder / "empty.duckdb"
    for path in (full, empty):
        store = open_store(f"duckdb:///{path}")
        upgrade(store)
        books = seed(store, NOW) if path == full else company.Books()
        store.close()
        if path == full:
            seeded = books
    return full, empty, seeded


@pytest.fixture
def books(templates: tuple[Path, Path, company.Books]) -> company.Books:
    """The rows of the full store, to compute expectations from without SQL."""
    return templates[2]


@pytest.fixture
def full_store(templates: tuple[Path, Path, company.Books], tmp_path: Path, environment: Path) -> Iterator[Store]:
    """A store of its own with 120 days of a small company, its SLOs, and the app looking at it."""
    write_slos(environment.parent / "config")
    yield from _opened(templates[0], environment)


@pytest.fixture
def empty_store(templates: tuple[Path, Path, company.Books], environment: Path) -> Iterator[Store]:
    """A migrated store without a row, and the app looking at it."""
    yield from _opened(templates[1], environment)


def _opened(template: Path, target: Path) -> Iterator[Store]:
    shutil.copy(template, target)
    store = open_store(f"duckdb:///{target}")
    yield store
    store.close()


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings, the path of the store they name, and the clock; caches of other tests are dropped."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "burnline.toml").write_text(CONFIG, encoding="utf-8")
    path = tmp_path / "burnline.duckdb"
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(config))
    monkeypatch.setenv("BURNLINE_STORE_URL", f"duckdb:///{path}")
    monkeypatch.setattr(data, "now", lambda: NOW)
    clear_caches()
    yield path
    clear_caches()


def clear_caches() -> None:
    """As if nobody had looked yet."""
    st.cache_data.clear()
    st.cache_resource.clear()
    data.forget_answers()


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> OpenApp:
    """Opens a page of the app by the name of its file, with parameters of the URL; it must not raise."""

    def opened(view: str = FIRST, **params: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=30)
        if view != FIRST:
            monkeypatch.setattr("app.navigation.discover", _behind_a_blank_page)
            app.run()
        for key, value in params.items():
            app.query_params[key] = value
        if view != FIRST:
            app.switch_page(f"views/{view}.py")
        app.run()
        assert not app.exception
        return app

    return opened


def _behind_a_blank_page() -> tuple[PageFile, ...]:
    """Streamlit's test driver has to draw the first page before another; an empty one costs nothing."""
    pages = [replace(page, url="review") if page.path.stem == FIRST else page for page in discover()]
    return PageFile(ROOT / "tests/app/support/blank.py", "Blank", "", ":material/home:", 0), *pages
