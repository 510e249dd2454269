"""The rules' queries, the ledger and the outbox behave alike on DuckDB, PostgreSQL and Snowflake's dialect."""

from datetime import date, timedelta
from decimal import Decimal

from alerts import check, deliver
from config.settings import Settings
from queries.runner import run
from store.engine import Store
from store.tables import Budget
from tests.alerts.support import (
    NOW,
    SlackServer,
    alerts,
    budget_row,
    collected,
    deliveries,
    insert,
    outbox,
    seed_workplace,
    set_budget,
    spend,
)


def test_budgets_are_summed_per_scope_and_currency_with_whole_days_apart(store: Store) -> None:
    seed_workplace(store)
    insert(
        store,
        Budget,
        [
            budget_row(Decimal(500), currency="EUR"),
            budget_row(Decimal(70), "feature", "desk"),
            budget_row(Decimal(90), "provider", "anthropic"),
            budget_row(Decimal(10), "organization", "", start=date(2026, 10, 1)),
        ],
    )
    spend(store, date(2026, 10, 31), Decimal(999))
    spend(store, date(2026, 11, 1), Decimal("0.1"))
    spend(store, date(2026, 11, 20), Decimal("1.000000000001"))
    spend(store, date(2026, 11, 21), Decimal("2"))
    spend(store, date(2026, 11, 20), Decimal("5"), "EUR")
    collected(store, "openai_costs", NOW - timedelta(days=1))
    params = {"day": NOW.date(), "ended_after": date(2026, 11, 19), "billing_since": date(2026, 11, 8)}
    rows = run(store, "cost/budget_status", **params).rows()
    said = [(r["scope_type"], r["name"], r["owner"], r["currency"], r["billed_cost"], r["complete_cost"]) for r in rows]
    owner = "Lucía Farrow"
    assert said == [
        ("team", "Workplace", owner, "EUR", Decimal(5), Decimal(5)),
        ("team", "Workplace", owner, "USD", Decimal("3.100000000001"), Decimal("1.100000000001")),
        ("provider", "anthropic", None, "USD", Decimal(0), Decimal(0)),
        ("feature", "Research desk", owner, "USD", Decimal("3.100000000001"), Decimal("1.100000000001")),
    ]
    assert {row["complete_end"] for row in rows} == {date(2026, 11, 21)}


def test_a_source_is_judged_by_its_newest_ended_run(store: Store) -> None:
    collected(store, "a", NOW - timedelta(hours=5), kind="file", detail="november.csv sha256:1")
    for hours in (3, 2):
        at = NOW - timedelta(hours=hours)
        collected(store, "a", at, "failed", error_kind="retriable", error_message=f"503, {hours} h ago")
    collected(store, "a", NOW, "running")
    collected(store, "b", NOW)
    first, second = run(store, "alert/source_health").rows()
    assert first == {
        "source": "a",
        "first_started_at": (NOW - timedelta(hours=5)).replace(tzinfo=None),
        "running_since_at": NOW.replace(tzinfo=None),
        "last_status": "failed",
        "last_started_at": (NOW - timedelta(hours=2)).replace(tzinfo=None),
        "watermark_at": (NOW - timedelta(hours=5)).replace(tzinfo=None),
        "error_kind": "retriable",
        "error_message": "503, 2 h ago",
        "failed_since_ok_count": 2,
        "reads_files": True,
    }
    assert (second["last_status"], second["failed_since_ok_count"], second["reads_files"]) == ("ok", 0, False)


def test_an_alert_runs_its_course(store: Store, settings: Settings, slack: SlackServer) -> None:
    seed_workplace(store)
    spend(store, date(2026, 11, 20), Decimal(9000))
    collected(store, "openai_costs", NOW)
    assert [told.transition for told in check(store, settings, NOW).told] == ["opened"]
    assert check(store, settings, NOW).told == ()
    slack.faults.slack_down = True
    assert deliver(store, settings, NOW).sent == 0
    slack.faults.slack_down = False
    set_budget(store, Decimal(90_000))
    later = NOW + timedelta(minutes=20)
    assert [told.transition for told in check(store, settings, later).told] == ["resolved"]
    assert deliver(store, settings, later, sleep=lambda _: None, clock=lambda: 0.0).sent == 3
    assert [message.status for message in outbox(store)] == ["sent"] * 3
    (root,) = slack.roots()
    assert slack.replies(root)[0].startswith("Resolved after 20 minutes:")
    (alert,) = alerts(store)
    assert alert.status == "resolved"
    (told,) = deliveries(store)
    assert (told.destination, told.target) == ("slack", root["channel"])
    assert told.external_id == f"{root['channel']}:{root['ts']}"
