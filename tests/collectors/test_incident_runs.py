"""Incidents over many runs: an open one is read until it is closed, a page's history grows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.base import Api, Source
from collectors.configured import Configured
from collectors.incident_rows import IncidentRow, incident_rows
from collectors.incident_settings import IncidentSettings
from collectors.run import Runner
from domain.window import Window
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import Incident, IncidentSpan
from tests.collectors.delivering import rows

START = datetime(2026, 8, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Desk:
    """Tells the incidents it has been given, by the window they were declared in."""

    incidents: list[Callable[[], Incident]] = field(default_factory=list)
    asked: list[Window] = field(default_factory=list)

    def collect(self, window: Window, api: Api) -> Iterator[IncidentRow]:
        self.asked.append(window)
        for make in self.incidents:
            if window.start <= make().declared_at < window.end:
                yield from incident_rows(make(), [], api.settings)


class Clock:
    def __init__(self) -> None:
        self.now = START + 100 * DAY

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def runner_of(store: Store, desk: Desk, **changes: Any) -> tuple[Runner, Configured, Clock]:
    clock = Clock()
    source = Source(
        name="desk",
        title="Desk",
        role="metrics",
        writes=Incident,
        also=(IncidentSpan,),
        settings=IncidentSettings,
        collect=desk.collect,
        check=lambda _: None,
        endpoint=None,
        every="1h",
        lookback="30d",
        chunk="31d",
        **changes,
    )
    return Runner(store, Books(PriceBook()), clock=clock), Configured("desk", source, IncidentSettings()), clock


def declared(name: str, ago: int, **values: Any) -> Callable[[], Incident]:
    status = "resolved" if "resolved_at" in values else "open"
    moment = START + (100 - ago) * DAY
    return lambda: Incident(
        source="desk",
        incident_id=name,
        title=name,
        status=status,
        declared_at=moment,
        impact_started_at=moment,
        **values,
    )


def test_an_open_incident_is_read_until_it_is_closed_and_no_longer(duckdb_store: Store) -> None:
    desk = Desk([declared("old", 80), declared("done", 70, resolved_at=START + 35 * DAY)])
    runner, item, clock = runner_of(duckdb_store, desk)
    runner.run(item)
    clock.now += DAY
    desk.asked.clear()
    closed_at = clock.now
    desk.incidents[0] = declared("old", 80, resolved_at=closed_at)
    runner.run(item)
    assert desk.asked[0] == Window(START + 20 * DAY, START + 21 * DAY)
    assert {row["incident_id"]: row["status"] for row in rows(duckdb_store, Incident)} == {
        "old": "resolved",
        "done": "resolved",
    }
    assert max(row["ended_at"] for row in rows(duckdb_store, IncidentSpan)) == closed_at
    desk.asked.clear()
    clock.now += DAY
    runner.run(item)
    assert all(window.start >= START + 70 * DAY for window in desk.asked)


def test_late_changes_of_the_last_month_are_read_by_every_run(duckdb_store: Store) -> None:
    desk = Desk([declared("a", 20, resolved_at=START + 81 * DAY)])
    runner, item, clock = runner_of(duckdb_store, desk)
    runner.run(item)
    desk.incidents[0] = declared("a", 20, resolved_at=START + 81 * DAY, severity="sev1")
    clock.now += DAY
    runner.run(item)
    (row,) = rows(duckdb_store, Incident)
    assert row["severity"] == "sev1"
    assert row["postmortem_due_at"] == START + 84 * DAY


def test_what_a_page_no_longer_lists_stays_as_it_was_last_seen(duckdb_store: Store) -> None:
    desk = Desk([declared("a", 20, resolved_at=START + 81 * DAY), declared("b", 2)])
    runner, item, clock = runner_of(duckdb_store, desk, lists_newest_only=True)
    runner.run(item)
    del desk.incidents[0]
    clock.now += DAY
    desk.asked.clear()
    runner.run(item)
    assert [row["incident_id"] for row in rows(duckdb_store, Incident)] == ["a", "b"]
    assert all(window.start >= START + 70 * DAY for window in desk.asked), "an open one needs no window of its own"
