"""A destination hears of so many alerts a day; the rest are one message, and nothing is told twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.allowance import within_allowance
from alerts.outbox_rows import OutboxRows
from alerts.routing import Routing
from config.secrets import forget
from config.settings import Settings
from sandbox.slack_store import AI_ALERTS_CHANNEL
from store.engine import Store
from tests.alerts.loopback import Endpoint, Reply, serving
from tests.alerts.problems import OPTIONS, at, look, problem
from tests.alerts.support import SlackServer, outbox
from tests.alerts.test_routing import routing
from tests.alerts.test_told_in_short import routing_with, send


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving() as endpoint:
        monkeypatch.setenv("K", f"{endpoint.url}/hook")
        forget("env:K")
        endpoint.always = Reply(202)
        yield endpoint


def at_most(number: int, **options: dict[str, object]) -> Routing:
    made = routing_with(None, **options)
    return replace(
        made, destinations={name: replace(each, max_per_day=number) for name, each in made.destinations.items()}
    )


def test_beyond_the_allowance_alerts_share_one_message_that_is_kept_up_to_date(
    store: Store, settings: Settings, slack: SlackServer
) -> None:
    routing = at_most(2, slack={"channel": AI_ALERTS_CHANNEL})

    def pass_by(hours: float, *levels: tuple[str, int, str]) -> None:
        found = [problem(name, "page" if severity == "page" else "ticket", level) for name, level, severity in levels]
        look(store, hours, *found, routing=routing, settings=settings)
        slack.now = at(hours)
        deliver(store, settings, at(hours), routing=routing, sleep=lambda _: None, clock=lambda: 0.0)

    def roots() -> list[str]:
        return [message["text"].partition(".")[0] for message in slack.roots()]

    pass_by(0, ("a", 1, ""))
    pass_by(0.1, ("a", 1, ""), ("b", 1, ""))
    pass_by(0.2, ("a", 1, ""), ("b", 1, ""), ("c", 1, ""))
    digest = "🟠 Ticket: 1 more alert on 22 Nov 2026"
    assert roots() == ["🟠 Ticket: a is bad", "🟠 Ticket: b is bad", digest]
    pass_by(0.3, ("a", 2, ""), ("c", 2, ""), ("d", 1, ""), ("p", 1, "page"))
    assert roots() == [
        "🟠 Ticket: a is bad",
        "✅ Resolved: b is bad",
        "🟠 Ticket: 2 more alerts on 22 Nov 2026",
        "🚨 Page: p is bad",
    ]
    told = slack.roots()[2]
    lists = [block["text"]["text"] for block in told["blocks"] if block["type"] == "section" and "text" in block]
    assert lists[-1] == "• Ticket: c is bad\n• Ticket: d is bad"
    assert slack.replies(told) == []
    pass_by(0.4, ("a", 2, ""), ("c", 2, "page"))
    assert roots()[2:] == [
        "✅ Resolved: 1 more alert on 22 Nov 2026",
        "✅ Resolved: p is bad",
        "🚨 Page: c is bad",
    ]
    pass_by(0.5, ("a", 2, ""), ("c", 3, "page"))
    assert len(slack.roots()) == 5
    assert slack.replies(slack.roots()[4]) == ["Worse: c at 3."]
    pass_by(20, ("a", 2, ""), ("c", 3, "page"), ("d", 1, ""), ("e", 1, ""))
    assert sorted(roots()[5:]) == ["🟠 Ticket: d is bad", "🟠 Ticket: e is bad"], "a new day, and what returned is told"
    assert {message.status for message in outbox(store)} == {"sent", "digested"}


def test_where_nothing_can_be_changed_the_digest_is_sent_once_when_the_day_is_over(
    store: Store, endpoint: Endpoint
) -> None:
    routing = at_most(1, teams=OPTIONS["teams"])
    look(store, 0, problem("a"), routing=routing)
    send(store, routing, 0)
    look(store, 1, problem("a"), problem("b"), problem("c"), routing=routing)
    send(store, routing, 1)
    look(store, 2, problem("a"), problem("b"), routing=routing)
    assert send(store, routing, 2).waiting == 1
    assert len(endpoint.received) == 1
    assert send(store, routing, 15.6).sent == 1
    body = endpoint.received[1].json["attachments"][0]["content"]["body"]
    assert body[0]["text"] == "🟠 Ticket: 2 more alerts on 22 Nov 2026"
    assert sorted(each["text"].strip() for each in body if "is bad" in each.get("text", "")) == [
        "Resolved: c is bad",
        "Ticket: b is bad",
    ]
    look(store, 16, problem("a"), routing=routing)
    assert send(store, routing, 16).sent == 0


def test_a_digest_names_a_hundred_the_open_and_gravest_first_and_counts_the_rest(
    store: Store, endpoint: Endpoint
) -> None:
    routing = at_most(1, webhook={**OPTIONS["webhook"], "allow_private": True})
    look(store, 0, problem("first"), routing=routing)
    send(store, routing, 0)
    over = [problem(f"over {number}") for number in range(3)]
    many = [problem(f"some {number}", level=2 if number else 1) for number in range(150)]
    look(store, 1, *over, *many, routing=routing)
    send(store, routing, 1)
    look(store, 1.1, *many[1:], replace(many[0], severity="page", level=3), routing=routing)
    send(store, routing, 1.1)
    digest = next(one.json for one in reversed(endpoint.received) if one.json["alert"].startswith("digest:"))
    assert (len(digest["alerts"]), digest["more_alerts"]) == (100, 52)
    assert all(alert["title"].startswith("Ticket: some") for alert in digest["alerts"])
    assert digest["link"].endswith("/alerts")


def test_two_workers_put_an_alert_into_the_digest_once(store: Store, endpoint: Endpoint) -> None:
    from alerts.allowance import within_allowance
    from alerts.outbox_rows import OutboxRows

    routing = at_most(1, webhook={**OPTIONS["webhook"], "allow_private": True})
    place = routing.destinations["webhook"]
    look(store, 0, problem("a"), routing=routing)
    send(store, routing, 0)
    look(store, 1, problem("b"), routing=routing)
    rows = OutboxRows(store, lambda: at(1))
    seen = rows.pending()
    for _ in range(2):
        within_allowance(store, rows, place, seen, Settings(), at(1))
    send(store, routing, 1)
    hooked = [(one.json["alert"], [alert["title"] for alert in one.json["alerts"]]) for one in endpoint.received]
    assert hooked[0] == ("a", [])
    assert [each for each in hooked if each[0].startswith("digest:")] == [
        ("digest:webhook:2026-11-22", ["Ticket: b is bad"])
    ]
    assert [each for each in hooked if each[0] == "b"] == []


def test_a_pager_has_no_allowance(tmp_path: Path) -> None:
    _, problems = routing(tmp_path, '[to.x]\nsink = "pagerduty"\nrouting_key = "env:K"\nmax_per_day = 3\n')
    assert problems == [
        "line 12: [to.x] has max_per_day, but pagerduty opens an incident for all it is told; remove the key"
    ]


def test_a_flood_is_one_digest_written_once(store: Store) -> None:
    """Each alert on its own would write the growing digest anew, which takes minutes at some thousand alerts."""
    routing = at_most(1, webhook=OPTIONS["webhook"])
    look(store, 0, *(problem(f"f{number}") for number in range(300)), routing=routing)
    writes = 0

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal writes
        writes += statement.lstrip().upper().startswith(("INSERT", "UPDATE"))

    (destination,) = routing.destinations.values()
    rows = OutboxRows(store, lambda: at(0))
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", count)
    try:
        left = within_allowance(store, rows, destination, rows.pending(), Settings(), at(0))
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", count)
    assert sorted(message.alert_id.split(":")[0] for message in left)[-1] == "digest"
    assert len(left) == 2
    assert writes < 10


def test_what_people_read_takes_thirty_a_day_unless_it_says_otherwise(tmp_path: Path) -> None:
    chat, webhook = 'sink = "teams"\nurl = "env:K"\n', 'sink = "webhook"\nurl = "env:K"\nsecrets = ["env:K"]\n'
    made, problems = routing(tmp_path, f"[to.a]\n{chat}[to.b]\n{chat}max_per_day = 0\n[to.c]\n{webhook}")
    assert problems == []
    assert {name: made.destinations[name].max_per_day for name in "abc"} == {"a": 30, "b": None, "c": None}
