"""Error rates and latencies alert by themselves, of the highest level that moved."""

from datetime import UTC, date, datetime, timedelta
from math import inf

import numpy as np

from alerts.base import Situation
from alerts.detection.evaluate import detect
from alerts.discovery import rules
from alerts.evaluation import evaluate
from config.settings import Settings
from store.engine import Store
from store.tables import LatencyDay, LatencyHour, RequestHour, SafetyHour
from tests.alerts.support import collected, insert
from tests.support.watched import declare

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DAYS = 84
LAST = date(2026, 11, 20)
EDGES = (0.5, 1.0, 2.0, 4.0, 8.0, inf)
"""Most answers take up to a second; the tail is what a percentile sees."""
SHARES = np.array([0.45, 0.42, 0.10, 0.02, 0.008, 0.002])
SLOW = np.array([0.35, 0.35, 0.12, 0.10, 0.06, 0.02])
SERVICES = {"search": "openai", "desk": "anthropic"}


def write(store: Store, requests_of_search: int = 3000) -> None:
    """One hour a day of two services; on the last day the help desk's answers are slow and many fail."""
    rng = np.random.default_rng(9)
    requests, latencies, owned = [], [], []
    for number in range(DAYS):
        hour = NOW.replace(hour=12) - timedelta(days=DAYS - number)
        for service, provider in SERVICES.items():
            is_bad = service == "desk" and number == DAYS - 1
            count = int(rng.poisson(requests_of_search if service == "search" else 3000))
            requests.append(
                RequestHour(
                    hour=hour,
                    source="log",
                    service=service,
                    provider=provider,
                    model=f"{provider}-model",
                    attribution_key=service,
                    request_count=count,
                    throttled_count=0,
                    rejected_count=5,
                    failed_count=int(rng.poisson(count * (0.06 if is_bad else 0.01))),
                )
            )
            counts = rng.multinomial(count, SLOW if is_bad else SHARES)
            latencies += [
                LatencyHour(
                    hour=hour,
                    source="log",
                    service=service,
                    provider=provider,
                    model=f"{provider}-model",
                    measure="duration",
                    le_seconds=edge,
                    request_count=int(found),
                )
                for edge, found in zip(EDGES, counts, strict=True)
            ]
            owned += [
                LatencyDay(
                    day=hour.date(),
                    source="log",
                    provider=provider,
                    attribution_key=service,
                    measure="duration",
                    le_seconds=edge,
                    request_count=int(found),
                )
                for edge, found in zip(EDGES, counts, strict=True)
            ]
    insert(store, LatencyDay, owned)
    insert(store, RequestHour, requests)
    insert(store, LatencyHour, latencies)
    collected(store, "log", NOW)


def test_slow_and_failing_answers_are_a_ticket_each(duckdb_store: Store) -> None:
    declare(duckdb_store)
    write(duckdb_store)
    detect(duckdb_store, Settings(), NOW)
    chosen = {name: rules()[name] for name in ("latency_anomaly", "error_anomaly")}
    found = evaluate(duckdb_store, chosen, Situation(NOW, Settings()))
    assert found.failed == {}
    (slow,) = [one for one in found.findings["latency_anomaly"] if one.state == "firing"]
    (failing,) = [one for one in found.findings["error_anomaly"] if one.state == "firing"]
    assert slow.fingerprint == f"anomaly:latency_p95:organization::{LAST}"
    assert slow.severity == failing.severity == "ticket"
    moved = (("service", "desk"), ("provider", "anthropic"), ("feature", "desk"), ("team", "Support"))
    assert {f"anomaly:latency_p95:{kind}:{name}:{LAST}" for kind, name in moved} <= {*slow.children}
    assert "In it: Help desk (+" in slow.summary
    assert failing.fingerprint == f"anomaly:error_rate:organization::{LAST}"
    assert "In it: Help desk (+" in failing.summary
    assert failing.impact_cost is None
    assert "anomaly:error_rate:feature:search:2026-11-20" not in failing.children


def test_slow_answers_of_one_team_are_its_alert_with_its_feature_and_service_in_it(duckdb_store: Store) -> None:
    declare(duckdb_store)
    write(duckdb_store, requests_of_search=300_000)
    detect(duckdb_store, Settings(), NOW)
    found = evaluate(duckdb_store, {"latency_anomaly": rules()["latency_anomaly"]}, Situation(NOW, Settings()))
    assert found.failed == {}
    firing = [one for one in found.findings["latency_anomaly"] if one.state == "firing"]
    (slow,) = [one for one in firing if one.facts["scope_type"] not in ("model", "provider")]
    assert slow.title.startswith("P95 latency of team Support: +")
    assert slow.children == (f"anomaly:latency_p95:feature:desk:{LAST}", f"anomaly:latency_p95:service:desk:{LAST}")
    assert slow.page_path == "latency?span=28d&level=team&owner=Support"


def test_a_day_with_many_violations_is_a_ticket_for_safety_and_a_rare_one_is_not(duckdb_store: Store) -> None:
    declare(duckdb_store)
    rng = np.random.default_rng(4)
    rows = [
        SafetyHour(
            source="guard",
            hour=NOW.replace(hour=12) - timedelta(days=DAYS - number),
            feature=feature,
            policy=policy,
            checked_count=20_000,
            violation_count=int(rng.poisson(12 if (feature, number) != ("desk", DAYS - 1) else 90)),
        )
        for number in range(DAYS)
        for feature in ("search", "desk")
        for policy in ("any", "jailbreak")
    ]
    insert(duckdb_store, SafetyHour, rows)
    collected(duckdb_store, "guard", NOW)
    detect(duckdb_store, Settings(), NOW)
    found = evaluate(duckdb_store, {"safety_spike": rules()["safety_spike"]}, Situation(NOW, Settings()))
    assert found.failed == {}
    (spike,) = [one for one in found.findings["safety_spike"] if one.state == "firing"]
    assert spike.fingerprint == f"anomaly:safety_rate:organization::{LAST}"
    assert "In it: team Support" in spike.summary or "In it: Help desk" in spike.summary
    assert not any("search" in child for child in spike.children)
