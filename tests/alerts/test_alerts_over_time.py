"""Store → rules → outbox → Slack, as time goes by: one message per problem, updated, resolved in its thread."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts import Sent, check, deliver
from alerts.base import Rule
from alerts.discovery import rules, sinks
from config.settings import Settings
from domain.discovery import discover
from domain.duration import parse_duration
from queries.catalog import QueryError
from queries.runner import run
from store.engine import Store
from store.schema import table
from store.tables import AlertEvent
from tests.alerts.support import (
    NOW,
    SlackServer,
    alerts,
    collected,
    deliveries,
    outbox,
    seed_workplace,
    set_budget,
    spend,
)


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


def pass_by(store: Store, settings: Settings, slack: SlackServer, now: datetime) -> Sent:
    """One check and one delivery at `now`, without real waiting."""
    slack.now = now
    check(store, settings, now)
    return deliver(store, settings, now, sleep=lambda _: None, clock=lambda: 0.0)


def transitions(store: Store) -> list[str]:
    events = table(AlertEvent)
    with store.read() as connection:
        return list(connection.execute(sa.select(events.c.transition).order_by(events.c.occurred_at)).scalars())


def fresh(store: Store, at: datetime) -> None:
    for source in ("openai_costs", "openai_usage"):
        collected(store, source, at)


def test_a_budget_is_one_message_that_worsens_and_resolves_in_its_thread(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    seed_workplace(store)
    for day in range(1, 11):
        spend(store, date(2026, 11, day), Decimal("510.25"))
    eleventh = datetime(2026, 11, 11, 9, tzinfo=UTC)
    fresh(store, eleventh)
    assert pass_by(store, settings, slack, eleventh).sent == 1
    (root,) = slack.roots()
    assert root["text"].startswith("🟠 Ticket: Team Workplace is heading over its November budget")
    assert "51% of its November budget: $5,102 of $10,000 with 19 days left" in root["text"]
    assert "lands at $15,308 (+53%)" in root["text"]
    (told,) = deliveries(store)
    assert told.external_id == f"{root['channel']}:{root['ts']}"

    for minutes in (5, 10):
        assert pass_by(store, settings, slack, eleventh + timedelta(minutes=minutes)).sent == 0

    spend(store, date(2026, 11, 11), Decimal(3000))
    worse = datetime(2026, 11, 12, 9, tzinfo=UTC)
    fresh(store, worse)
    assert pass_by(store, settings, slack, worse).sent == 2
    (root,) = slack.roots()
    assert root["edited"]
    assert "$8,102 of $10,000" in root["text"]
    assert [text[:59] for text in slack.replies(root)] == [
        "Worse: Team Workplace has spent 81% of its November budget:"
    ]

    set_budget(store, Decimal(40_000))
    better = worse + timedelta(hours=4)
    pass_by(store, settings, slack, better)
    (root,) = slack.roots()
    assert root["text"].startswith("✅ Resolved: Team Workplace")
    assert slack.replies(root)[-1].startswith(
        "Resolved after 1 day 4 hours: Team Workplace has spent 20% of its November budget: $8,102 of $40,000"
    )
    assert transitions(store) == ["opened", "worsened", "resolved"]
    assert all(message.status == "sent" for message in outbox(store))


def test_what_returns_within_a_day_goes_on_in_the_same_thread_and_later_in_a_new_one(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(5500))
    fresh(store, NOW)
    pass_by(store, settings, slack, NOW)
    set_budget(store, Decimal(40_000))
    pass_by(store, settings, slack, NOW + timedelta(hours=1))
    set_budget(store, Decimal(10_000))
    pass_by(store, settings, slack, NOW + timedelta(hours=2))
    (root,) = slack.roots()
    assert not root["text"].startswith("✅")
    assert [text.split(":")[0] for text in slack.replies(root)] == ["Resolved after 1 hour", "Open again"]
    set_budget(store, Decimal(40_000))
    pass_by(store, settings, slack, NOW + timedelta(hours=3))
    assert slack.replies(root)[-1].startswith("Resolved after 2 hours:")
    set_budget(store, Decimal(10_000))
    pass_by(store, settings, slack, NOW + timedelta(hours=28))
    budget_roots = [message for message in slack.roots() if "Workplace" in message["text"]]
    assert len(budget_roots) == 2


def test_one_message_tells_of_the_organisations_budget_and_of_what_is_in_it(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    seed_workplace(store)
    set_budget(store, Decimal(10_000), "organization", "")
    set_budget(store, Decimal(9_000), "feature", "desk")
    set_budget(store, Decimal(10_000), "provider", "openai")
    spend(store, date(2026, 11, 2), Decimal(8123))
    fresh(store, NOW)
    pass_by(store, settings, slack, NOW)
    titles = sorted(root["text"].split(". ")[0].split(": ")[1] for root in slack.roots())
    assert titles == [
        "Provider openai is heading over its November budget",
        "The organisation is heading over its November budget",
    ]
    organization = next(root for root in slack.roots() if "The organisation" in root["text"])
    assert "Team Workplace is heading over its November budget: $8,123 of $10,000 (81%); owner Lucía Farrow." in str(
        organization["blocks"]
    )
    assert len(slack.replies(organization)) == 1
    spend(store, date(2026, 11, 3), Decimal(1000))
    fresh(store, NOW + timedelta(hours=1))
    pass_by(store, settings, slack, NOW + timedelta(hours=1))
    assert "Feature Research desk is over its November budget" in slack.roots()[-1]["text"]
    assert len(slack.roots()) == 3, "what is graver than the organisation has a message of its own"


def test_a_budget_ends_with_its_last_bill_and_the_next_month_starts_anew(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))
    fresh(store, NOW)
    pass_by(store, settings, slack, NOW)
    spend(store, date(2026, 11, 30), Decimal(2000))
    early = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    fresh(store, datetime(2026, 11, 30, 20, tzinfo=UTC))
    pass_by(store, settings, slack, early)
    assert alerts(store)[0].status == "open"
    assert "Team Workplace is over its November budget" in slack.roots()[0]["text"]
    fresh(store, early + timedelta(hours=4))
    pass_by(store, settings, slack, early + timedelta(hours=5))
    assert alerts(store)[0].status == "resolved"
    assert "$11,000 of $10,000; the month is over." in slack.replies(slack.roots()[0])[-1]


def test_money_is_never_added_across_currencies(store: Store, settings: Settings) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 2), Decimal(4999), "USD")
    spend(store, date(2026, 11, 2), Decimal(4999), "EUR")
    fresh(store, NOW)
    assert check(store, settings, NOW).told == ()
    spend(store, date(2026, 11, 3), Decimal("1.000000000001"), "USD")
    (told,) = check(store, settings, NOW).told
    assert (told.transition, told.severity) == ("opened", "info")


@pytest.mark.parametrize(
    ("scope_type", "scope", "name"),
    [
        ("organization", "", "The organisation"),
        ("feature", "desk", "Feature Research desk"),
        ("provider", "openai", "Provider openai"),
    ],
)
def test_every_kind_of_scope_is_watched(
    store: Store, settings: Settings, scope_type: str, scope: str, name: str
) -> None:
    seed_workplace(store, Decimal(10**9))
    set_budget(store, Decimal(100), scope_type, scope)
    spend(store, date(2026, 11, 2), Decimal(101))
    fresh(store, NOW)
    (told,) = check(store, settings, NOW).told
    assert told.title == f"{name} is over its November budget"


def test_a_source_goes_stale_and_comes_back(store: Store, settings: Settings, slack: SlackServer) -> None:
    fresh(store, NOW)
    pass_by(store, settings, slack, NOW + timedelta(hours=5))
    assert slack.messages() == []
    refused = "openai_usage: the admin key was refused (401). Make a new one <now> & set it."
    collected(store, "openai_costs", NOW + timedelta(hours=5))
    collected(store, "openai_usage", NOW + timedelta(hours=5), "failed", error_kind="fatal", error_message=refused)
    pass_by(store, settings, slack, NOW + timedelta(hours=6))
    (root,) = slack.roots()
    assert "openai_usage cannot be read" in root["text"]
    assert "Make a new one &lt;now&gt; &amp; set it." in root["text"]
    fresh(store, NOW + timedelta(hours=7))
    pass_by(store, settings, slack, NOW + timedelta(hours=7))
    assert slack.replies(root) == [
        "Resolved after 1 hour: The data of openai_usage are complete up to 22 Nov 2026 15:26 UTC, "
        "less than a minute ago."
    ]


def test_a_rule_whose_query_fails_is_reported_keeps_its_alerts_and_stops_no_other(
    store: Store, settings: Settings
) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))
    fresh(store, NOW)
    assert check(store, settings, NOW).failed == {}
    with store.write() as connection:
        connection.execute(sa.text("drop table scope_cost_day"))
    later = NOW + timedelta(hours=1)
    collected(store, "openai_usage", later, "failed", error_kind="fatal", error_message="Set a key.")
    report = check(store, settings, later)
    assert set(report.failed) == {"budget_threshold", "provider_incident"}, "those that read the table"
    assert "scope_cost_day" in report.failed["budget_threshold"]
    assert set(report.checked) == rules().keys() - report.failed.keys()
    assert [told.title for told in report.told] == ["openai_usage cannot be read"]
    assert {alert.rule: alert.status for alert in alerts(store)} == {"budget_threshold": "open", "source_stale": "open"}


def test_rules_are_asked_when_they_are_due(store: Store, settings: Settings) -> None:
    at = datetime(2026, 11, 22, 8, 1, tzinfo=UTC)
    every = {name: parse_duration(rule.every) for name, rule in rules().items()}
    assert set(check(store, settings, at).checked) == every.keys()
    for minutes in (1, 5):
        due = {name for name, step in every.items() if step <= timedelta(minutes=minutes)}
        assert set(check(store, settings, at + timedelta(minutes=minutes), since=at).checked) == due
    assert {"slo_burn", "incident_overdue"} <= due
    assert "unpriced_model" not in due


def test_without_slack_alerts_are_recorded_and_shown_and_nothing_waits_to_be_sent(store: Store) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))
    settings = Settings()
    report = check(store, settings, NOW)
    assert (len(report.told), report.message_count) == (1, 0)
    assert outbox(store) == []
    (shown,) = run(store, "ops/open_alerts").rows()
    assert shown["title"] == "Team Workplace is heading over its November budget"
    assert deliver(store, settings, NOW) == Sent()


def test_the_event_keeps_the_exact_facts(store: Store, settings: Settings) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal("9000.000000000001"))
    check(store, settings, NOW)
    events = table(AlertEvent)
    with store.read() as connection:
        facts = json.loads(connection.execute(sa.select(events.c.facts)).scalar_one())
    assert facts["facts"]["spent"] == "9000.000000000001"
    assert facts["fingerprint"] == "budget:team:Workplace:2026-11-01:USD"


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.name)
def test_every_rule_answers_on_an_empty_store_and_has_a_runbook(store: Store, rule: Rule) -> None:
    report = check(store, Settings(), NOW, rules={rule.name: rule})
    assert (report.failed, report.told) == ({}, ())
    text = (Path(__file__).parents[2] / rule.runbook).read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "## What to do" in text


def test_plug_ins_are_found_by_being_there_and_a_second_name_is_refused(tmp_path: Path) -> None:
    assert {"budget_threshold", "source_stale"} <= rules().keys()
    assert "slack" in sinks()
    package = __import__("types").ModuleType("alerts.rules")
    package.__path__ = [str(tmp_path)]
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text("from alerts.rules.source_stale import RULE\n")
    with pytest.MonkeyPatch.context() as patch:
        import alerts.rules as real

        patch.setattr(real, "__path__", [str(tmp_path)])
        with pytest.raises(ValueError, match=r"alerts\.rules\.two declares the name 'source_stale'"):
            discover(package, "RULE", (Rule,))


def test_an_unknown_query_of_a_rule_is_a_reported_failure(store: Store) -> None:
    broken = Rule("broken", "5m", {"alert/nowhere": lambda _: {}}, lambda rows, situation: [], kind="source")
    report = check(store, Settings(), NOW, rules={"broken": broken})
    assert report.failed["broken"].startswith(QueryError.__name__)


def test_a_check_that_dies_while_writing_leaves_nothing_half_done(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("alerts.ledger._event", power_cut)
        with pytest.raises(KeyboardInterrupt):
            check(store, settings, NOW)
    assert (alerts(store), outbox(store)) == ([], [])
    assert len(check(store, settings, NOW).told) == 1
    assert len(outbox(store)) == 1
