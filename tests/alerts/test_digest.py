"""The weekly digest: what it says, what it does not know, and that each week is told once."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from alerts import deliver
from alerts.configured import routing_of
from alerts.digest import compose, destination_of, is_told, key_of, tell
from alerts.digest_lines import Given
from alerts.routing import Routing
from alerts.sink import Destination
from burnline.context import Context
from burnline.digest import digest_of, tell_if_due, tell_now, week_asked
from config.loader import Reference, Routes
from config.settings import Digest as DigestSettings
from config.settings import Organization, Settings, SettingsError
from domain.slo.definition import Kind
from queries.runner import run
from sandbox.slack_store import AI_ALERTS_CHANNEL
from store.engine import Store, open_store
from store.migrate import upgrade
from tests.alerts.support import SlackServer, outbox
from tests.app.support import company
from tests.app.support.seed import seed
from tests.support.slos import indicator, slo

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
"""A Monday; the week reported is that from the 16th."""
MONDAY = date(2026, 11, 16)
SLOS = (
    slo("slo-availability", indicator()),
    slo("slo-latency", indicator(Kind.LATENCY, threshold_seconds=Decimal(2)), target="0.5"),
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, company.Books]]:
    store = open_store(f"duckdb:///{tmp_path_factory.mktemp('digest') / 'store.duckdb'}")
    upgrade(store)
    yield store, seed(store, NOW)
    store.close()


def given(store: Store, **more: object) -> Given:
    settings = Settings(sources={"openai_costs": {"every": "1h"}, "anthropic_usage": {}})
    return replace(Given(partial(run, store), settings, NOW, MONDAY, SLOS), **more)  # type: ignore[arg-type]


def test_a_digest_tells_the_week_the_month_promises_incidents_alerts_and_data(
    full: tuple[Store, company.Books],
) -> None:
    store, books = full
    made = compose(given(store))
    after, before = (books.billed(start, start + timedelta(7)) for start in (MONDAY, MONDAY - timedelta(7)))
    assert made.title == f"Week 47 of 2026: ${after:,.0f} spent ({after / before - 1:+.1%})"
    assert f"by ${abs(after - before):,.2f}".removesuffix(".00") in made.summary
    assert "not whole" not in made.summary
    told = dict(made.fields)
    assert told["Budget"].startswith(
        f"November: ${books.billed(date(2026, 11, 1), date(2026, 11, 24)):,.0f} of $20,000"
    )
    assert "the forecast is $" in told["Budget"]
    assert told["SLOs"].startswith("1 of 2 met; missed: ")
    assert told["Incidents"] == (
        "2 declared, 2 restored, mean time to restore 1 hour (1 of 2), 1 still open, the oldest for 2 days 1 hour."
    )
    assert told["Open alerts"].startswith("3 alerts open: Semantic search costs 40% more than its past ($412.50), ")
    assert told["Data"] == "anthropic_usage cannot be read."


def test_the_picture_is_the_month_day_by_day_and_knows_nothing_of_days_to_come(
    full: tuple[Store, company.Books],
) -> None:
    store, books = full
    pace = compose(given(store)).pace
    assert [day.day for day in pace] == [date(2026, 11, number) for number in range(1, 31)]
    assert pace[9].actual == books.billed(date(2026, 11, 1), date(2026, 11, 11))
    assert pace[9].budget_pace == Decimal(20000) * 10 / 30
    assert pace[-1].actual is None
    assert pace[-1].budget_pace == Decimal(20000)


def test_a_week_that_is_not_whole_says_so(full: tuple[Store, company.Books]) -> None:
    store, _ = full
    assert "so the week is not whole" in compose(given(store, monday=date(2026, 11, 23))).summary


def test_what_nobody_knows_is_unknown_not_zero(duckdb_store: Store) -> None:
    made = compose(given(duckdb_store, slos=()))
    assert made.title == "Week 47 of 2026: spend is unknown"
    told = dict(made.fields)
    assert "unknown where it will land" in told["Budget"]
    assert told["SLOs"] == "Unknown: no SLO is declared."
    assert told["Incidents"].startswith("Unknown: none is on record")
    assert told["Open alerts"] == "No alert is open."
    assert told["Data"] == "Unknown: no source has run yet."
    assert all(day.actual is None and day.budget_pace is None for day in made.pace)


@pytest.fixture
def context(duckdb_store: Store, settings: Settings) -> Context:
    """An empty organisation in Berlin whose digest goes to Slack."""
    chosen = settings.model_copy(
        update={"digest": DigestSettings(to="slack"), "organization": Organization(timezone="Europe/Berlin")}
    )
    routing, _ = routing_of(Routes(), chosen)
    return Context(Path(), chosen, Reference(), [], duckdb_store, routing, ())


def at(hour: int, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_each_week_is_told_once_late_on_its_day_and_not_on_the_next(context: Context, slack: SlackServer) -> None:
    assert not tell_if_due(context, at(6)), "it is seven in Berlin"
    assert tell_if_due(context, at(15)), "late is better than not"
    assert not tell_if_due(context, at(16))
    assert not tell_if_due(context, at(8, 24)), "Tuesday"
    slack.now = at(15)
    deliver(context.store, context.settings, at(15), routing=context.routing, sleep=lambda _: None)
    (root,) = slack.messages()
    assert "Week 47 of 2026: spend is unknown" in root["text"]
    (row,) = outbox(context.store)
    assert (row.alert_id, row.status) == ("digest:slack:2026-W47", "sent")
    assert tell_if_due(context, at(8, 30)), "the next week is another"


def test_what_was_missed_on_monday_is_not_told_on_tuesday(context: Context) -> None:
    assert not tell_if_due(context, at(8, 24))
    assert outbox(context.store) == []


def test_two_workers_tell_it_once(context: Context) -> None:
    found = digest_of(context, MONDAY, at(8))
    destination = context.routing.destinations["slack"]
    answers: list[bool] = []

    def work() -> None:
        answers.append(tell(context.store, context.settings, destination, found, at(8)))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == [False] * 7 + [True]
    assert len(outbox(context.store)) == 1
    assert is_told(context.store, "slack", MONDAY)


def test_a_message_of_one_week_has_the_same_id_whoever_writes_it(context: Context, tmp_path: Path) -> None:
    other = open_store(f"duckdb:///{tmp_path / 'other.duckdb'}")
    upgrade(other)
    found = digest_of(context, MONDAY, at(8))
    for store in (context.store, other):
        tell(store, context.settings, context.routing.destinations["slack"], found, at(8))
    assert outbox(other)[0].message_id == outbox(context.store)[0].message_id
    other.close()


def test_the_command_sends_now_and_says_when_it_was_told_before(context: Context, slack: SlackServer) -> None:
    found = digest_of(context, week_asked(context, "2026-W46", at(8)), at(8))
    assert found.monday == date(2026, 11, 9)
    assert tell_now(context, found, at(8)) == "slack is told of 2026-W46."
    assert tell_now(context, found, at(9)) == "slack was told of 2026-W46 before; it is not told again."
    assert len(slack.messages()) == 1


def test_a_week_or_a_destination_that_does_not_exist_is_one_sentence(context: Context) -> None:
    with pytest.raises(SettingsError, match="'2026-47' is not an ISO week"):
        week_asked(context, "2026-47", NOW)
    lost = replace(context, routing=Routing())
    assert not tell_if_due(lost, at(8))
    with pytest.raises(SettingsError, match=r"names no usable \[to.slack\]"):
        tell_now(lost, digest_of(lost, MONDAY, NOW), NOW)
    silent = replace(context, settings=context.settings.model_copy(update={"digest": None}))
    with pytest.raises(SettingsError, match=r"has no \[digest\] section"):
        tell_now(silent, digest_of(silent, MONDAY, NOW), NOW)


def test_a_pager_is_no_place_for_a_digest(context: Context) -> None:
    from alerts.discovery import sinks

    kind = sinks()["pagerduty"]
    pager = Destination("slack", kind, kind.options.model_validate({"routing_key": "env:X"}))
    found = destination_of(context.settings, Routing({"slack": pager}))
    assert isinstance(found, str)
    assert "wakes people up" in found


def test_weeks_and_destinations_have_keys_of_their_own() -> None:
    keys = {key_of(name, day) for name in ("board", "slack") for day in (MONDAY, date(2026, 12, 28), date(2027, 1, 4))}
    assert len(keys) == 6
    assert key_of("board", date(2026, 12, 28)) == "digest:board:2026-W53"
    assert AI_ALERTS_CHANNEL not in str(keys)
