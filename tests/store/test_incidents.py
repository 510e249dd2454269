"""Incidents in the store: late changes, moved and vanished ones, and which must be read again; on each engine."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from domain.window import Window
from store import ledger
from store.engine import Store
from store.forget import forget_source
from store.load import Loaded, replace_window
from store.schema import table, to_batch
from store.tables import Defect, Incident, IncidentAction, IncidentSpan, Release, Restatement
from store.unfinished import unfinished_days
from tests.support.engines import own_engines
from tests.support.facts import BOOKS, NOW, days
from tests.support.incidents import at, incident, span


def load(
    store: Store,
    window: Window,
    incidents: Sequence[Incident],
    spans: Sequence[IncidentSpan] = (),
    **more: Any,
) -> Loaded:
    run = ledger.begin(store, "pagerduty", "refresh", window, NOW)
    return replace_window(
        store,
        Incident,
        "pagerduty",
        window,
        [to_batch(Incident, incidents)],
        run=run,
        books=BOOKS,
        now=NOW,
        also={IncidentSpan: [to_batch(IncidentSpan, spans)]},
        **more,
    )


def kept(store: Store, row: type = Incident) -> list[Any]:
    columns = table(row).c
    shown = (columns.incident_id, columns.status) if row is Incident else (columns.incident_id, columns.ended_at)
    with store.read() as connection:
        return [tuple(found) for found in connection.execute(sa.select(*shown).order_by(columns.incident_id, shown[1]))]


def test_a_window_replaces_incidents_and_their_spans_together(store: Store) -> None:
    opened = [incident("a", 3, "open"), incident("b", 3)]
    load(store, days(1, 5), opened, [span("a", 3, 9, None), span("b", 3, 9, 11)])
    loaded = load(store, days(1, 5), [incident("a", 3)], [span("a", 3, 9, 10), span("a", 3, 12, 13)])
    assert (loaded.row_count, loaded.replaced_count) == (1, 2)
    assert kept(store) == [("a", "resolved")]
    ends = [at(3, 10).replace(tzinfo=None), at(3, 13).replace(tzinfo=None)]
    assert kept(store, IncidentSpan) == [("a", end) for end in ends]


@own_engines
def test_other_windows_and_other_sources_stay(store: Store) -> None:
    load(store, days(1, 5), [incident("a", 3)], [span("a", 3, 9, 10)])
    load(store, days(5, 9), [incident("z", 6)], [span("z", 6, 9, 10)])
    load(store, days(5, 9), [])
    assert [name for name, _ in kept(store)] == ["a"]
    assert [name for name, _ in kept(store, IncidentSpan)] == ["a"]


@own_engines
def test_an_incident_whose_declaration_moved_is_there_once(store: Store) -> None:
    load(store, days(1, 5), [incident("a", 3)], [span("a", 3, 9, 10)])
    load(store, days(5, 9), [incident("a", 6)], [span("a", 6, 9, 10)])
    assert kept(store) == [("a", "resolved")]
    assert len(kept(store, IncidentSpan)) == 1


def test_a_source_that_lists_its_newest_only_keeps_the_others(store: Store) -> None:
    load(store, days(1, 9), [incident("a", 3), incident("b", 4, "open")], [span("a", 3, 9, 10)])
    load(store, days(1, 9), [incident("b", 4)], [span("b", 4, 9, 10)], keeps_unlisted=True)
    assert kept(store) == [("a", "resolved"), ("b", "resolved")]
    assert [name for name, _ in kept(store, IncidentSpan)] == ["a", "b"]


def test_days_with_an_incident_that_is_not_resolved_are_read_again_however_old(store: Store) -> None:
    rows = [
        incident("a", 2, "open"),
        incident("b", 3, "mitigated"),
        incident("c", 5, "resolved"),
        incident("d", 6, "declined"),
        incident("e", 8, "open"),
        incident("f", 12, "open"),
        incident("g", 4, "open", source="other"),
    ]
    load(store, days(1, 15), rows)
    assert unfinished_days(store, Incident, "pagerduty", days(10, 12)) == [days(2, 4), days(8, 9)]
    assert unfinished_days(store, Incident, "pagerduty", Window(at(8, 12), at(9))) == [
        days(2, 4),
        Window(at(8), at(8, 12)),
    ]
    assert unfinished_days(store, Incident, "nobody", days(10, 12)) == []


def test_days_of_open_tickets_are_read_again_in_windows_of_months(duckdb_store: Store) -> None:
    reported = [(1, "open"), (20, "open"), (25, "resolved"), (70, "open"), (100, "open")]
    rows = [
        Defect(source="jira", defect_id=str(day), reported_at=at(1) + timedelta(days=day), status=status)
        for day, status in reported
    ]
    whole = Window(at(1), at(1) + timedelta(days=120))
    run = ledger.begin(duckdb_store, "jira", "refresh", whole, NOW)
    batches = [to_batch(Defect, rows)]
    replace_window(duckdb_store, Defect, "jira", whole, batches, run=run, books=BOOKS, now=NOW)
    before = Window(at(1) + timedelta(days=90), whole.end)
    first, second = unfinished_days(duckdb_store, Defect, "jira", before)
    assert (first.start, first.end - first.start) == (at(1).replace(hour=0) + timedelta(days=1), timedelta(days=20))
    assert (second.start, second.end - second.start) == (
        at(1).replace(hour=0) + timedelta(days=70),
        timedelta(days=1),
    )
    assert unfinished_days(duckdb_store, Release, "jira", before) == []


def test_an_incident_that_is_found_late_in_a_complete_day_is_on_record(duckdb_store: Store) -> None:
    load(duckdb_store, days(1, 5), [incident("a", 3)])
    loaded = load(duckdb_store, days(1, 5), [incident("a", 3), incident("b", 3), incident("c", 3, "merged")])
    assert loaded.restated_days == 1
    with duckdb_store.read() as connection:
        (row,) = connection.execute(sa.select(table(Restatement))).mappings()
    assert (row["measure"], row["before_value"], row["after_value"]) == ("incidents", 1, 2)


def test_forgetting_a_source_forgets_its_incidents(duckdb_store: Store) -> None:
    load(duckdb_store, days(1, 5), [incident("a", 3)], [span("a", 3, 9, 10)])
    assert forget_source(duckdb_store, "pagerduty") == 1
    assert (kept(duckdb_store), kept(duckdb_store, IncidentSpan)) == ([], [])


def test_every_column_comes_back_as_it_was(store: Store) -> None:
    told = incident(
        "a",
        3,
        number="12",
        ai_related=False,
        provider="openai",
        impact_started_at=at(3, 9),
        components="API; Console",
        postmortem_due_at=at(6, 9),
    )
    load(store, days(1, 5), [told])
    with store.read() as connection:
        (row,) = connection.execute(sa.select(table(Incident))).mappings()
    found = Incident(**{name: value.replace(tzinfo=at(1).tzinfo) if hasattr(value, "hour") else value
                        for name, value in row.items()})  # fmt: skip
    assert found == told


@own_engines
def test_actions_are_facts_of_their_own(store: Store) -> None:
    action = IncidentAction(
        source="actions", action_id="1", incident_id="a", created_at=at(4), title="Add a limit", state="open"
    )
    run = ledger.begin(store, "actions", "file", days(1, 9), NOW)
    window = days(1, 9)
    batch = [to_batch(IncidentAction, [action])]
    loaded = replace_window(store, IncidentAction, "actions", window, batch, run=run, books=BOOKS, now=NOW)
    assert loaded.row_count == 1
    run = ledger.begin(store, "actions", "file", days(1, 9), NOW)
    again = replace_window(store, IncidentAction, "actions", window, batch, run=run, books=BOOKS, now=NOW)
    assert (again.row_count, again.replaced_count, again.restated_days) == (1, 1, 0)
