"""An hour unlike the last ninety days warns before its day is complete; the daily verdict replaces or withdraws it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import sqlalchemy as sa

from alerts import check
from alerts.detection.evaluate import detect
from alerts.discovery import rules
from config.settings import Settings
from store.engine import Store
from store.schema import table
from store.tables import TokenUsage
from tests.alerts.support import alerts, insert
from tests.support.watched import Watched, declare, known_to

RULES = {name: rule for name, rule in rules().items() if name.endswith("_anomaly")}
MORNING = datetime(2026, 11, 20, 10, tzinfo=UTC)
"""Of the last day that is written; it is not complete yet."""
HOURS = 101 * 24
SPIKE = MORNING - timedelta(hours=2)


def used(at: datetime, requests: int) -> TokenUsage:
    return TokenUsage(
        source="anthropic_usage",
        started_at=at,
        ended_at=at + timedelta(hours=1),
        provider="anthropic",
        account_id="org",
        service="completions",
        attribution_key="desk",
        model="wise",
        request_count=requests,
        estimated_cost=Decimal(requests) / 10,
    )


def write_hours(store: Store) -> None:
    rng = np.random.default_rng(3)
    start = MORNING - timedelta(hours=HOURS)
    rows = []
    for number in range(HOURS):
        at = start + timedelta(hours=number)
        usual = 30 + 15 * np.sin(at.hour / 24 * 2 * np.pi) + 2 * rng.standard_normal()
        rows.append(used(at, int(usual * (8 if at == SPIKE else 1))))
    insert(store, TokenUsage, rows)


def told(store: Store, now: datetime) -> list[tuple[str, str, str]]:
    known_to(store, now)
    detect(store, Settings(), now)
    report = check(store, Settings(), now, rules=RULES)
    assert report.failed == {}
    return sorted((one.transition, one.severity, one.title) for one in report.told)


def test_an_hour_warns_and_a_usual_day_withdraws_it(duckdb_store: Store) -> None:
    declare(duckdb_store)
    Watched(date(2026, 7, 1), 143).write(duckdb_store)
    write_hours(duckdb_store)
    opened = told(duckdb_store, MORNING)
    assert opened == [
        ("opened", "info", "Early: Cost of the organisation is unlike the last 90 days"),
        ("opened", "info", "Early: Requests of the organisation is unlike the last 90 days"),
    ]
    (cost,) = [one for one in alerts(duckdb_store) if one.rule == "cost_anomaly"]
    assert cost.fingerprint == "anomaly:cost:organization::2026-11-20"
    assert "Early, the day is not complete" in cost.summary
    assert "in the hour of 20 Nov 2026 08:00 UTC" in cost.summary
    assert told(duckdb_store, MORNING + timedelta(minutes=30)) == []
    ended = told(duckdb_store, datetime(2026, 11, 21, 8, tzinfo=UTC))
    assert {transition for transition, _, _ in ended} == {"withdrawn"}
    assert all("the early warning is withdrawn" in one.summary for one in alerts(duckdb_store))


def test_the_daily_verdict_takes_the_warning_over(duckdb_store: Store) -> None:
    declare(duckdb_store)
    watched = Watched(date(2026, 7, 1), 143)
    for name in watched.requests:
        watched.requests[name][-1] *= 1.8
    watched.write(duckdb_store)
    write_hours(duckdb_store)
    told(duckdb_store, MORNING)
    daily = told(duckdb_store, datetime(2026, 11, 21, 8, tzinfo=UTC))
    assert ("worsened", "ticket") in {(transition, severity) for transition, severity, _ in daily}
    (cost,) = [one for one in alerts(duckdb_store) if one.rule == "cost_anomaly"]
    assert (cost.severity, cost.status, cost.fingerprint) == ("ticket", "open", "anomaly:cost:organization::2026-11-20")
    assert cost.title.startswith("Cost of the organisation: +8")


def test_late_data_that_make_the_hour_a_usual_one_withdraw_the_warning_and_can_bring_it_back(
    duckdb_store: Store,
) -> None:
    def restate(requests: int) -> None:
        usage = table(TokenUsage)
        of_hour = usage.c.started_at == SPIKE.replace(tzinfo=None)
        changed = {"request_count": requests, "estimated_cost": Decimal(requests) / 10}
        with duckdb_store.write() as connection:
            connection.execute(sa.update(usage).where(of_hour).values(**changed))

    declare(duckdb_store)
    Watched(date(2026, 7, 1), 143).write(duckdb_store)
    write_hours(duckdb_store)
    assert len(told(duckdb_store, MORNING)) == 2
    restate(43)
    ended = told(duckdb_store, MORNING + timedelta(minutes=30))
    assert {transition for transition, _, _ in ended} == {"withdrawn"}
    assert {one.status for one in alerts(duckdb_store)} == {"withdrawn"}
    assert all("Late data changed the hour" in one.summary for one in alerts(duckdb_store))
    assert told(duckdb_store, MORNING + timedelta(minutes=40)) == []
    restate(400)
    again = told(duckdb_store, MORNING + timedelta(minutes=50))
    assert {transition for transition, _, _ in again} == {"reopened"}
