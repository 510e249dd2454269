"""Sources: states, reasons, and wishes for the worker."""

from datetime import UTC, datetime

import sqlalchemy as sa

from store.engine import Store
from store.schema import table
from store.tables import CollectionRequest
from tests.app.conftest import OpenApp
from tests.app.support import reading
from tests.app.support.seed import FAILURE, SOURCES


def _requests(store: Store) -> list[dict[str, object]]:
    with store.read() as connection:
        return [dict(row) for row in connection.execute(sa.select(table(CollectionRequest))).mappings()]


def test_every_source_is_listed_and_a_failure_has_its_reason(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("sources")
    states = reading.table_with(app, "every").set_index("source")
    assert set(states.index) == set(SOURCES)
    assert states.loc["anthropic_usage"]["state"] == "✕ Failing"
    assert states.loc["openai_costs"]["every"] == "1 h"
    assert states.loc["anthropic_usage"]["every"] == "–"
    assert FAILURE.removeprefix("anthropic_usage: ") in reading.text(app)
    assert "3 failed runs" in app.error[0].value


def test_the_history_of_a_source_comes_from_the_url(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("sources", source="focus_files")
    assert len(reading.table_with(app, "retry_count")) == 30
    refused = reading.table_with(app, "row_number")
    assert list(refused["row_number"]) == [17, 204]
    assert "not a number" in refused["reason"][0]


def test_a_restated_day_shows_before_and_after(full_store: Store, open_app: OpenApp) -> None:
    changed = reading.table_with(open_app("sources", source="openai_costs"), "before")
    assert (changed["before"][0], changed["after"][0]) == (301.25, 309.417)


def test_run_now_leaves_a_request_for_the_worker_and_says_so(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("sources", source="openai_costs")
    next(b for b in app.button if b.label == "Run now").click().run()
    assert [(r["source"], r["window_start_at"]) for r in _requests(full_store)] == [("openai_costs", None)]
    assert "the worker picks it up" in reading.text(app)


def test_what_was_imported_by_hand_cannot_be_run(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("sources", source="gateway_log")
    assert next(b for b in app.button if b.label == "Run now").disabled


def test_a_backfill_asks_for_whole_days_and_includes_the_last(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("sources", source="openai_costs")
    next(b for b in app.button if b.label == "Backfill").click().run()
    request = _requests(full_store)[0]
    assert request["window_start_at"] == datetime(2026, 11, 16, tzinfo=UTC).replace(tzinfo=None)
    assert request["window_end_at"] == datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)
    assert "16–22 Nov 2026" in reading.text(app)


def test_configured_sources_wait_in_an_empty_store(empty_store: Store, open_app: OpenApp) -> None:
    states = reading.table_with(open_app("sources"), "every")
    assert set(states["state"]) == {"– Not run yet"}


def test_who_asked_for_a_run_is_in_the_audit_log(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("sources", source="openai_costs")
    next(field for field in app.text_input if field.label == "Your name").set_value("Ana").run()
    next(b for b in app.button if b.label == "Run now").click().run()
    (act,) = reading.table_with(app, "actor").to_dict("records")
    assert (act["actor"], act["action"], act["subject"]) == ("Ana", "asked for a run", "source/openai_costs")


def test_the_audit_log_is_there_before_any_source(empty_store: Store, open_app: OpenApp) -> None:
    assert "Nobody did anything in these days." in reading.text(open_app("sources"))
