"""Providers: what was promised, how they answered, and what they were paid, computed here without SQL."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import format as fmt
from domain.slo.buckets import ladder
from store.engine import Store
from store.schema import table
from store.tables import Incident, IncidentSpan, LatencyHour, RequestHour
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, outcomes, reading, seed

START, END = NOW.date() - timedelta(days=28), NOW.date()
BEFORE = START - timedelta(days=28)


def declare(environment: Path, content: str) -> None:
    (environment.parent / "config" / "providers.toml").write_text(content, encoding="utf-8")


def interpolated(values: list[float], share: float) -> float:
    """A percentile from the buckets of the ladder: linear in the one that holds it."""
    rank = share * len(values)
    for low, high in pairwise([0.0, *map(float, ladder())]):
        below, inside = sum(v <= low for v in values), sum(low < v <= high for v in values)
        if below + inside >= rank:
            return low + (high - low) * (rank - below) / inside
    raise AssertionError


def test_a_provider_is_shown_as_it_answered(full_store: Store, open_app: OpenApp) -> None:
    shown = reading.table_with(open_app("providers"), "incidents").set_index("provider")
    requests = outcomes.requests(NOW)
    good = [one for one in requests if one.status_code == 200]
    row = shown.loc["OpenAI"]
    assert row["requests"] == len(requests)
    assert row["available"] == f"{100 * len(good) / len(requests):.3f}%"
    assert row["error_ratio"] == pytest.approx(1 - len(good) / len(requests))
    assert row["throttle_ratio"] == 0
    assert row["p95"] == fmt.seconds(interpolated([one.duration_seconds or 0 for one in good], 0.95))
    first = [one.time_to_first_token_seconds or 0 for one in good]
    assert row["first_token_p95"] == fmt.seconds(interpolated(first, 0.95))


def test_a_provider_without_a_request_log_is_unknown_not_perfect(full_store: Store, open_app: OpenApp) -> None:
    row = reading.table_with(open_app("providers"), "incidents").set_index("provider").loc["Anthropic"]
    assert {row["available"], row["p95"], row["first_token_p95"]} == {fmt.UNKNOWN}
    assert row[["requests", "error_ratio", "throttle_ratio"]].isna().all()


def test_bills_and_estimates_stand_apart_and_models_add_up(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    app = open_app("providers")
    shown = reading.table_with(app, "incidents").set_index("provider")
    for provider, name in (("openai", "OpenAI"), ("anthropic", "Anthropic")):
        now, before = (
            sum(
                (
                    cost.billed_cost
                    for cost in books.costs
                    if cost.provider == provider and cost.billing_currency == "USD" and start <= cost.day < end
                ),
                Decimal(),
            )
            for start, end in ((START, END), (BEFORE, START))
        )
        assert shown.loc[name, "billed"] == pytest.approx(float(now))
        assert shown.loc[name, "change"] == pytest.approx(float(now / before - 1))
        estimates = [
            use.estimated_cost
            for use in books.usage
            if use.provider == provider and START <= use.day < END and use.estimated_cost is not None
        ]
        assert shown.loc[name, "estimated"] == pytest.approx(float(sum(estimates)))
        models = next(t for t in reading.tables(app) if "model" in t.columns)
        assert models.loc[models["provider"] == name, "billed"].sum() == pytest.approx(float(now))


def test_incidents_count_with_the_hours_they_hurt_in_the_period(full_store: Store, open_app: OpenApp) -> None:
    shown = reading.table_with(open_app("providers"), "incidents").set_index("provider")
    assert (shown.loc["OpenAI", "incidents"], shown.loc["OpenAI", "impact"]) == (1, "12 h"), "one began today"
    assert (shown.loc["Anthropic", "incidents"], shown.loc["Anthropic", "impact"]) == (1, "7.2 h")


def test_time_of_two_incidents_at_once_counts_once(full_store: Store, open_app: OpenApp) -> None:
    started = NOW - timedelta(days=12)
    twin = Incident(
        source="openai_status", incident_id="o3", title="Twin", status="resolved", provider="openai",
        declared_at=started, impact_started_at=started,
    )  # fmt: skip
    seed.insert(full_store, Incident, [twin])
    span = {"source": "openai_status", "incident_id": "o3", "declared_at": started}
    ended = started + timedelta(hours=18)
    seed.insert(full_store, IncidentSpan, [IncidentSpan(**span, started_at=started, ended_at=ended)])
    row = reading.table_with(open_app("providers"), "incidents").set_index("provider").loc["OpenAI"]
    assert (row["incidents"], row["impact"]) == (2, "18 h")


def test_a_broken_promise_is_said_by_sign_and_word_in_the_first_sentence(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    declare(environment, '[[sla]]\nprovider = "openai"\navailability = 0.999\np95_seconds = 10\n')
    app = open_app("providers", look="OpenAI")
    text = reading.text(app)
    assert "OpenAI was 85.000% available instead of 99.9%" in text
    shown = reading.table_with(app, "incidents").set_index("provider")
    assert list(shown["status"]) == ["✕ Broken", *["– No SLA"] * (len(shown) - 1)]
    assert reading.metrics(app)["SLAs kept"] == "0 of 1"
    assert "All models. 99.9% available: ✕ Broken; 95% answered within 10.0 s: ✓ Kept" in text


def test_a_promise_that_is_kept_and_one_that_nobody_can_judge(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    declare(
        environment,
        '[[sla]]\nprovider = "openai"\np95_seconds = 10\n[[sla]]\nprovider = "anthropic"\navailability = 0.99\n',
    )
    app = open_app("providers")
    shown = reading.table_with(app, "incidents").set_index("provider")
    assert (shown.loc["OpenAI", "status"], shown.loc["Anthropic", "status"]) == ("✓ Kept", "– No data")
    assert "1 of 2 providers with an SLA kept it" in reading.text(app)


def test_a_provider_breaks_its_promise_with_one_model_that_has_a_contract(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    declare(environment, '[[sla]]\nprovider = "openai"\nmodel = "gpt-5.4"\np95_seconds = 1\n')
    app = open_app("providers")
    assert reading.table_with(app, "incidents").set_index("provider").loc["OpenAI", "status"] == "✕ Broken"
    assert "OpenAI's gpt-5.4 took" in reading.text(app)


def test_a_line_that_cannot_be_used_is_named_on_the_page(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    declare(environment, '[[sla]]\nprovider = "openai"\navailability = 99.9\n')
    app = open_app("providers")
    assert "line 1: the availability 99.9 is no ratio between 0 and 1" in reading.text(app)
    assert reading.tables(app)


def test_the_period_before_stands_beside(full_store: Store, open_app: OpenApp) -> None:
    earlier = datetime(START.year, START.month, START.day, tzinfo=NOW.tzinfo) - timedelta(days=3)
    values = {"source": "request_log", "service": "inference", "provider": "openai", "model": "gpt-5.4"}
    counts = {"request_count": 1000, "throttled_count": 30, "rejected_count": 100, "failed_count": 6}
    seed.insert(full_store, RequestHour, [RequestHour(hour=earlier, attribution_key="x", **values, **counts)])
    seed.insert(
        full_store,
        LatencyHour,
        [
            LatencyHour(hour=earlier, measure="duration", le_seconds=float("inf"), request_count=5, **values),
            LatencyHour(hour=earlier, measure="duration", le_seconds=0.01, request_count=95, **values),
        ],
    )
    row = reading.table_with(open_app("providers"), "incidents").set_index("provider").loc["OpenAI"]
    assert row["available_before"] == "96.000%"
    assert row["p95_before"] == "10 ms"
    assert row["requests"] == len(outcomes.requests(NOW))


def test_the_days_of_one_provider_are_drawn_with_its_incidents_and_its_limit(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    declare(environment, '[[sla]]\nprovider = "openai"\navailability = 0.99\n')
    app = open_app("providers", look="OpenAI")
    figure, alt = reading.charts(app)[0]
    failed = next(trace for trace in figure["data"] if trace["name"] == "Failed")
    drawn = {day: value for day, value in zip(failed["x"], failed["y"], strict=True) if value is not None}
    days = {one.started_at.date().isoformat() for one in outcomes.requests(NOW)}
    assert drawn == {day: pytest.approx(0.15) for day in days}
    assert [shape["type"] for shape in figure["layout"]["shapes"][:2]] == ["rect", "line"]
    assert "OpenAI failed or throttled 15.00% of our requests" in alt
    assert "1 incident of OpenAI" in reading.text(app)


def test_without_request_telemetry_the_page_says_what_is_unknown(full_store: Store, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        connection.execute(sa.delete(table(RequestHour)))
        connection.execute(sa.delete(table(LatencyHour)))
    app = open_app("providers", look="Anthropic")
    text = reading.text(app)
    assert "No request log is connected, so availability, latency, errors and throttling are unknown" in text
    assert "No request log tells of it" in text
    assert not reading.charts(app)
    assert reading.table_with(app, "incidents")["available"].eq(fmt.UNKNOWN).all()


def test_without_anything_the_page_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    assert "No provider is known." in reading.text(open_app("providers"))


def test_a_promise_alone_is_a_row_without_data(empty_store: Store, environment: Path, open_app: OpenApp) -> None:
    declare(environment, '[[sla]]\nprovider = "openai"\navailability = 0.99\n')
    app = open_app("providers", look="OpenAI")
    assert reading.table_with(app, "incidents")["status"].tolist() == ["– No data"]
