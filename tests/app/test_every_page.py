"""What holds for every page, also for one that is added later."""

from pathlib import Path

import pytest

from app.navigation import discover
from store.engine import Store, open_store
from tests.app.conftest import OpenApp
from tests.app.support import reading

VIEWS = [page.path.stem for page in discover()]


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_draws_real_numbers_without_an_error(full_store: Store, open_app: OpenApp, view: str) -> None:
    app = open_app(view)
    assert "could not be drawn" not in reading.text(app)
    assert reading.tables(app)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_of_an_empty_store_is_words_not_an_error(empty_store: Store, open_app: OpenApp, view: str) -> None:
    assert not open_app(view).error


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_says_that_it_shows_demo_data(full_store: Store, open_app: OpenApp, view: str) -> None:
    assert "Demo data" in reading.text(open_app(view))


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_says_how_fresh_its_data_are(full_store: Store, open_app: OpenApp, view: str) -> None:
    text = reading.text(open_app(view))
    assert "Costs to 23 Nov 13:" in text
    assert "1 source failing" in text


@pytest.mark.parametrize("view", VIEWS)
def test_every_chart_and_number_row_can_show_its_sql(full_store: Store, open_app: OpenApp, view: str) -> None:
    app = open_app(view)
    sections = len(reading.charts(app)) + len(reading.tables(app)) + bool(app.metric)
    assert reading.popovers(app).count("Show the SQL") >= sections
    assert any("```sql" in words.value and "where" in words.value for words in app.markdown)


@pytest.mark.parametrize("view", VIEWS)
def test_every_table_can_be_downloaded_as_csv_and_parquet(full_store: Store, open_app: OpenApp, view: str) -> None:
    app = open_app(view)
    labels = [found.proto.label for found in app.get("download_button")]
    assert labels.count("CSV") == labels.count("Parquet") >= len(reading.tables(app))


@pytest.mark.parametrize("view", VIEWS)
def test_every_chart_has_a_text_and_every_axis_a_unit(full_store: Store, open_app: OpenApp, view: str) -> None:
    for figure, alt in reading.charts(open_app(view)):
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
