"""Who hears of an alert keeps hearing of it; what grows is told to others too."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from alerts import check, deliver
from alerts.base import Finding, Rule
from alerts.discovery import sinks
from alerts.history import as_grave_since, last_finding
from alerts.notice import from_json
from alerts.routing import Route, Routing
from alerts.sink import Destination
from config.settings import Settings
from store.engine import Store
from store.tables import AlertEvent
from tests.alerts.support import NOW, deliveries, outbox, seed_workplace

OPTIONS: Mapping[str, dict[str, object]] = {
    "slack": {"channel": "C1"},
    "email": {"to": ["a@example.com"]},
    "pagerduty": {"routing_key": "env:K"},
    "teams": {"url": "env:K"},
    "webhook": {"url": "env:K", "secrets": ["env:K"]},
    "slack_webhook": {"url": "env:K"},
}


def destination(name: str, kind: str) -> Destination:
    return Destination(name, sinks()[kind], sinks()[kind].options.model_validate(OPTIONS[kind]))


KINDS = {kind: destination(kind, kind) for kind in OPTIONS}
EVERYWHERE = Routing(KINDS, default=tuple(KINDS))


def route(*to: str, after: int = 0, **match: str) -> Route:
    globs = {key: (glob,) for key, glob in match.items()}
    return Route(label=f"to {to[0]}", match=globs, to=to, after=timedelta(minutes=after) or None)


BY_SEVERITY = Routing(
    KINDS,
    (route("pagerduty", severity="page"), route("email", severity="page", after=15), route("slack", team="Workplace")),
    ("teams",),
)


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    seed_workplace(duckdb_store)
    return duckdb_store


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def look(store: Store, minutes: float, routing: Routing, severity: str | None = "ticket", level: int = 1) -> list[str]:
    """One check of a rule that finds one problem of that severity; the destinations that get a message for it."""
    finding = Finding(
        fingerprint="f",
        state="firing" if severity else "over",
        severity=severity or "ticket",  # type: ignore[arg-type]
        level=level,
        title="t",
        summary=f"s{level}",
        facts={"cost": Decimal("1.5")},
        fields=(("Spent", "$9"),),
        impact_cost=Decimal("12.50"),
        scope={"feature": "desk"},
        why=("because",),
    )
    before = len(outbox(store))
    rule = Rule("r", "1m", {}, lambda *_: [finding], kind="cost")
    check(store, Settings(), at(minutes), rules={"r": rule}, routing=routing)
    return [f"{message.destination} {message.action}" for message in outbox(store)[before:]]


def test_each_sink_hears_what_it_can_show(store: Store) -> None:
    assert look(store, 0, EVERYWHERE) == [f"{kind} post" for kind in KINDS]
    worse = ["email reply", "pagerduty post", "slack reply", "slack update", "slack_webhook post", "teams post"]
    assert sorted(look(store, 1, EVERYWHERE, level=3)) == [*worse, "webhook update"]
    assert look(store, 2, EVERYWHERE, level=2) == ["slack update", "webhook update"]
    assert sorted(look(store, 3, EVERYWHERE, None)) == [*worse, "webhook update"]


def test_an_alert_keeps_its_destinations_and_a_graver_one_gets_more(store: Store) -> None:
    assert look(store, 0, BY_SEVERITY) == ["slack post"]
    (told,) = deliveries(store)
    assert (told.destination, told.sink, told.target, told.reason) == ("slack", "slack", "C1", "to slack")
    assert look(store, 1, BY_SEVERITY, "page") == ["slack update", "slack reply", "pagerduty post"]
    assert look(store, 2, BY_SEVERITY, "ticket") == ["slack update"]
    assert look(store, 3, EVERYWHERE, None) == ["slack update", "slack reply", "pagerduty post"]
    assert {each.destination for each in deliveries(store)} == {"slack", "pagerduty"}


def test_team_and_tier_of_a_feature_are_known_to_the_routes(store: Store) -> None:
    assert look(store, 0, Routing(KINDS, (route("webhook", tier="internal", owner="Lucía*"),), ("teams",))) == [
        "webhook post"
    ]


def test_what_nobody_acknowledges_is_told_to_others_once(store: Store) -> None:
    assert look(store, 0, BY_SEVERITY, "page") == ["pagerduty post"]
    assert look(store, 14, BY_SEVERITY, "page") == []
    assert look(store, 15, BY_SEVERITY, "page") == ["email post"]
    notice = from_json(outbox(store)[-1].payload)
    assert notice.transition == "escalated"
    assert notice.fields == (
        ("Spent", "$9"),
        ("Not acknowledged for", "15 minutes"),
    )
    assert look(store, 40, BY_SEVERITY, "page") == []
    assert sorted(look(store, 41, BY_SEVERITY, None)) == ["email reply", "pagerduty post"]


def test_an_acknowledged_alert_does_not_escalate(store: Store) -> None:
    look(store, 0, BY_SEVERITY, "page")
    with store.write() as connection:
        connection.execute(sa.text("update alert set status = 'acknowledged'"))
    assert look(store, 60, BY_SEVERITY, "page") == []


def test_the_time_to_escalate_begins_when_the_alert_became_that_grave_and_anew_when_it_returns(store: Store) -> None:
    look(store, 0, BY_SEVERITY)
    assert look(store, 60, BY_SEVERITY, "page") == ["slack update", "slack reply", "pagerduty post"]
    assert look(store, 70, BY_SEVERITY, "page") == []
    look(store, 71, BY_SEVERITY, None)
    assert "email post" not in look(store, 80, BY_SEVERITY, "page")
    assert look(store, 94, BY_SEVERITY, "page") == []
    assert look(store, 95, BY_SEVERITY, "page") == ["email post"]


def test_messages_for_a_destination_that_is_gone_wait_a_day_and_are_given_up(store: Store) -> None:
    look(store, 0, BY_SEVERITY)
    without = Routing({name: each for name, each in KINDS.items() if name != "slack"})
    sent = deliver(store, Settings(), at(60), routing=without)
    assert (sent.waiting, sent.dead) == (1, [])
    assert sent.stopped["slack"].startswith("burnline.toml has no [slack] section any more")
    sent = deliver(store, Settings(), at(24 * 60 + 1), routing=without)
    assert (sent.waiting, sent.dead) == (0, [("t", "no_destination")])


def test_one_destination_that_stops_holds_back_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    look(store, 0, Routing(KINDS, default=("slack_webhook", "teams", "slack")))
    monkeypatch.delenv("K", raising=False)
    sent = deliver(store, Settings(), at(1), routing=EVERYWHERE)
    assert sorted(sent.stopped) == ["slack", "slack_webhook", "teams"]
    assert sent.waiting == 3


def test_a_finding_is_read_back_as_it_was(store: Store) -> None:
    look(store, 0, BY_SEVERITY, "page")
    with store.read() as connection:
        (facts,) = connection.execute(sa.text("select facts from alert_event")).scalars()
    event = AlertEvent(event_id="e", alert_id="a", fingerprint="f", occurred_at=NOW, transition="opened", facts=facts)
    found = last_finding([event])
    assert found is not None
    assert (found.impact_cost, found.fields, found.why) == (Decimal("12.50"), (("Spent", "$9"),), ("because",))
    assert as_grave_since([event], "page") == as_grave_since([event], "info") == NOW
    empty = AlertEvent(event_id="x", alert_id="a", fingerprint="f", occurred_at=NOW, transition="resolved", facts="{}")
    assert last_finding([empty]) is None
    assert as_grave_since([event, empty], "page") is None
