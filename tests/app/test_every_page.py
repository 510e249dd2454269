"""What holds for every page, also for one that is added later."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.navigation import discover
from store.engine import Store, open_store
from tests.app.conftest import OpenApp
from tests.app.support import reading

VIEWS = [page.path.stem for page in discover()]
_DRAWN: dict[str, AppTest] = {}
"""Each page of the full store, drawn once: what is asked of it changes nothing."""


@pytest.fixture
def drawn(request: pytest.FixtureRequest, view: str) -> AppTest:
    """The page, with everything that the small company has."""
    if view not in _DRAWN:
        request.getfixturevalue("full_store")
        _DRAWN[view] = request.getfixturevalue("open_app")(view)
    return _DRAWN[view]


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_draws_real_numbers_without_an_error(drawn: AppTest) -> None:
    assert "could not be drawn" not in reading.text(drawn)
    assert reading.tables(drawn)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_of_an_empty_store_is_words_not_an_error(empty_store: Store, open_app: OpenApp, view: str) -> None:
    assert not open_app(view).error


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_says_that_it_shows_demo_data(drawn: AppTest) -> None:
    assert "Demo data" in reading.text(drawn)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_says_how_fresh_its_data_are(drawn: AppTest) -> None:
    text = reading.text(drawn)
    assert "Costs to 23 Nov 13:" in text
    assert "1 source failing" in text


@pytest.mark.parametrize("view", VIEWS)
def test_every_chart_and_number_row_can_show_its_sql(drawn: AppTest) -> None:
    sections = len(reading.charts(drawn)) + len(reading.tables(drawn)) + bool(drawn.metric)
    assert reading.popovers(drawn).count("Show the SQL") >= sections
    assert any("```sql" in words.value and "where" in words.value for words in drawn.markdown)


@pytest.mark.parametrize("view", VIEWS)
def test_every_table_can_be_downloaded_as_csv_and_parquet(drawn: AppTest) -> None:
    labels = [found.proto.label for found in drawn.get("download_button")]
    assert labels.count("CSV") == labels.count("Parquet") >= len(reading.tables(drawn))


@pytest.mark.parametrize("view", VIEWS)
def test_every_chart_has_a_text_and_every_axis_a_unit(drawn: AppTest) -> None:
    for figure, alt in reading.charts(drawn):
        titles = [
            axis["title"]["text"] for name, axis in figure["layout"].items() if "axis" in name and "title" in axis
        ]
        assert len(alt) > 40
        assert any("USD" in title or title.endswith(")") for title in titles)


@pytest.mark.parametrize("view", VIEWS)
def test_a_store_without_tables_is_one_sentence(environment: Path, open_app: OpenApp, view: str) -> None:
    app = open_app(view)
    assert app.error[0].value.endswith("python -m burnline db upgrade")
    open_store(f"duckdb:///{environment}").close()


def test_a_bad_setting_is_one_sentence(full_store: Store, environment: Path, open_app: OpenApp) -> None:
    (environment.parent / "config" / "burnline.toml").write_text("surprise = 1\n", encoding="utf-8")
    assert "unknown key 'surprise'" in open_app().error[0].value


def test_an_unexpected_error_shows_no_traceback_and_no_secret(
    full_store: Store, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("sk-secret")

    monkeypatch.setattr("app.components.head.source_states", broken)
    app = open_app()
    assert "could not be drawn" in app.error[0].value
    assert "sk-secret" not in reading.text(app)
    assert "sk-secret" in caplog.text
