"""Everything the vendors' APIs say arrives in the store exactly once: compared with the company's own model."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn

from burnline.demo_settings import write_settings
from collectors.configured import configured
from collectors.run import Runner
from config.loader import load_reference
from config.settings import load_settings
from domain.window import Window
from queries.incident_clocks import incident_clocks
from queries.runner import run
from sandbox.catalog import FRONTIER
from sandbox.company import Company
from sandbox.delivery import KIND_OF, company_delivery
from sandbox.delivery_tickets import (
    AI_LABELS,
    DELIVERED,
    DUPLICATE,
    FIXED,
    FRAMEWORKS,
    company_defects,
    company_requests,
)
from sandbox.demo_config import write_demo_config
from sandbox.demo_slos import PARSER_SLO
from sandbox.evaluations import HELPFULNESS, SCALE, answer_scores, evaluation_runs
from sandbox.events import PRICE_CHANGE_DAYS_BEFORE
from sandbox.experiments import SHOP, company_experiments
from sandbox.exports import write_exports
from sandbox.faults import Faults
from sandbox.gateway import outage, requests_of
from sandbox.hosting import HOST, PROJECT_FEATURES, host_charges
from sandbox.incident_actions import action_rows
from sandbox.incidents import SHOP_SERVICE, CompanyIncident, company_incidents
from sandbox.outcomes import outcome_counts
from sandbox.parser_calls import PARSER_FEATURE, parser_calls
from sandbox.prices import usd_per_million
from sandbox.prometheus_api import parser_counts
from sandbox.provider_incidents import provider_incidents
from sandbox.server import create_app
from sandbox.traffic import Measure
from sandbox.truth import Truth
from store.books import open_books
from store.engine import Store, open_store
from store.migrate import upgrade
from store.reference import sync_reference
from store.schema import table
from store.tables import Defect, EvidenceRequest, Release, Restatement, Spec
from tests.support.postgres import free_port

ANCHOR = date(2026, 11, 20)
FIRST_NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER_NOW = FIRST_NOW + timedelta(days=3)
BACKFILL_DAYS = 30


class Line:
    """The whole line, run at two moments of a stopped clock."""

    def __init__(self, store: Store, folder: Path, company: Company, url: str) -> None:
        self.now = FIRST_NOW
        self.store = store
        self.truth = Truth(company)
        self.files = folder / "exports"
        connection = write_demo_config(company, folder, url, FIRST_NOW.date())
        write_settings(folder, connection, self.files, backfill_days=BACKFILL_DAYS)
        self.settings, self.reference = load_settings(folder), load_reference(folder)
        sync_reference(store, self.reference)

    def collect(self) -> None:
        """Runs every source; each must end well although the vendors fail now and then."""
        write_exports(self.truth.company, self.files, self.now, BACKFILL_DAYS)
        runner = Runner(self.store, open_books(self.store, self.reference), clock=lambda: self.now)
        for source in configured(self.settings):
            outcomes = runner.run(source)
            assert [outcome.error for outcome in outcomes if outcome.error] == []

    @property
    def span(self) -> tuple[date, date]:
        """The UTC days that are loaded, today's part included."""
        return (FIRST_NOW - timedelta(days=BACKFILL_DAYS)).date(), self.now.date() + timedelta(days=1)

    def ask(self, name: str, **params: Any) -> list[dict[str, Any]]:
        """A query over the whole span."""
        start, end = (datetime.combine(day, datetime.min.time(), UTC) for day in self.span)
        return run(self.store, name, start=start, end=end, **params).rows()


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("line")
    if request.param == "duckdb":
        store = open_store(f"duckdb:///{folder / 'line.duckdb'}")
    else:
        store = open_store(request.getfixturevalue("postgres_url"))
    upgrade(store)
    company = Company(7, ANCHOR)
    moment: list[datetime] = [FIRST_NOW]
    port = free_port()
    app = create_app(company, now=lambda: moment[0], faults=Faults(retry_after_seconds=0))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    loaded = Line(store, folder, company, f"http://127.0.0.1:{port}")
    loaded.collect()
    moment[0] = loaded.now = LATER_NOW
    loaded.collect()
    yield loaded
    server.should_exit = True
    thread.join(timeout=10)
    store.close()


def test_every_provider_billed_what_the_company_spent(line: Line) -> None:
    billed = {
        (row["provider"], row["billing_currency"]): row["billed_cost"] for row in line.ask("cost/billed_by_provider")
    }
    expected = {
        (provider, "USD"): line.truth.total_cost(*line.span, line.now, provider=provider)
        for provider in ("openai", "anthropic")
    }
    charges = host_charges(line.truth.company, line.span[0], line.now.date())
    assert billed == {**expected, (HOST, "EUR"): sum(charge.cost for charge in charges)}


def test_every_day_of_every_feature_is_exact(line: Line) -> None:
    expected: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for cost in line.truth.billed_costs(*line.span, line.now):
        expected[cost.day, cost.feature or "unattributed"] += cost.billed_cost
    with line.store.read() as connection:
        rows = connection.execute(
            sa.text(
                "select day, feature, sum(billed_cost) from attributed_cost_day "
                "where allocation is null and currency = 'USD' group by day, feature"
            )
        ).all()
    assert {(day, feature): Decimal(cost) for day, feature, cost in rows if cost} == dict(expected)


def test_euros_stay_euros_beside_what_they_are_worth(line: Line) -> None:
    expected: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for charge in host_charges(line.truth.company, line.span[0], line.now.date()):
        expected[charge.day, PROJECT_FEATURES[charge.sku.project]] += charge.cost
    with line.store.read() as connection:
        rows = connection.execute(
            sa.text(
                "select day, feature, sum(billed_cost) from attributed_cost_day where currency = 'EUR' "
                "group by day, feature"
            )
        ).all()
    assert {(day, feature): Decimal(cost) for day, feature, cost in rows} == dict(expected)


def test_shared_costs_are_borne_by_the_other_features_and_leave_nothing_behind(line: Line) -> None:
    expected: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for cost in line.truth.borne_costs(*line.span, line.now):
        expected[cost.day, cost.feature or "unattributed"] += cost.billed_cost
    with line.store.read() as connection:
        rows = connection.execute(
            sa.text(
                "select day, feature, sum(billed_cost) from attributed_cost_day where currency = 'USD' "
                "group by day, feature"
            )
        ).all()
        (moved,) = connection.execute(
            sa.text("select sum(billed_cost) from attributed_cost_day where allocation is not null")
        ).one()
    found = {(day, feature): Decimal(cost) for day, feature, cost in rows if cost}
    assert found.keys() == expected.keys()
    assert max(abs(found[key] - expected[key]) for key in found) < Decimal("1e-9")
    assert moved == 0


def test_tokens_and_requests_are_counted_once(line: Line) -> None:
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for usage in line.truth.usage(*line.span, line.now):
        if usage.endpoint in ("completions", "embeddings", "messages"):
            total = expected[usage.provider, usage.model or ""]
            total[0] += usage.request_count or 0
            total[1] += (
                usage.uncached_input_tokens
                + usage.cache_read_input_tokens
                + usage.cache_write_5m_input_tokens
                + usage.cache_write_1h_input_tokens
            )
            total[2] += usage.output_tokens
    found = {
        (row["provider"], row["model"]): [
            row["request_count"] or 0,
            row["input_tokens"],
            row["output_tokens"] or 0,
        ]
        for row in line.ask("usage/tokens_by_model")
        if row["service"] in ("completions", "embeddings", "messages")
    }
    assert found == dict(expected)


def test_every_outcome_is_counted_once_although_its_file_came_twice(line: Line) -> None:
    first, last = line.span
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for counted in outcome_counts(line.truth.company, first, last - timedelta(days=1)):
        total = expected[counted.feature]
        total[0] += counted.closed
        total[1] += counted.accepted
        total[2] += counted.good
    found = {
        row["feature"]: [row["outcome_count"], row["accepted_count"], row["good_count"]]
        for row in line.ask("cost/outcomes_by_feature", currency="USD", provider=[], team=[], environment=[])
    }
    assert found == dict(expected)


def test_failures_and_retries_are_those_of_the_log(line: Line) -> None:
    calls = parser_calls(line.truth.company, line.span[0], line.now.date())
    rows = line.ask("cost/failure_by_feature", currency="USD", provider=[], team=[], environment=[])
    (found,) = [row for row in rows if row["feature"] == PARSER_FEATURE]
    assert (found["feature"], found["request_count"]) == (PARSER_FEATURE, calls.hours.size)
    assert found["failed_count"] == (calls.statuses != 200).sum()
    assert found["retried_count"] == (calls.tries > 0).sum()
    assert 0 < found["lost_cost"] < found["logged_cost"]


def test_every_incident_is_known_as_far_as_anybody_told(line: Line) -> None:
    expected = {
        one.incident_id: (
            "merged" if one.merged_into else "resolved" if one.over_at(line.now) else "open",
            f"sev{one.priority[1]}" if one.priority else None,
            None if one.service == SHOP_SERVICE else one.service,
            one.service != SHOP_SERVICE,
            one.merged_into,
            one.declared_at,
            one.acknowledged_at,
            one.over_at(line.now),
            known_postmortem(one, line.now),
        )
        for one in told_incidents(line)
    }
    found = {
        row["incident_id"]: (
            *(row[name] for name in ("status", "severity", "feature", "ai_related", "merged_into")),
            *(
                aware(row[name])
                for name in ("declared_at", "acknowledged_at", "resolved_at", "postmortem_published_at")
            ),
        )
        for row in line.ask("incident/timeline", team=[], feature=[])
        if row["provider"] is None
    }
    assert len(expected) == 8
    assert found == expected


def test_every_span_of_impact_is_there_once(line: Line) -> None:
    expected = [
        (one.incident_id, start, end if end and end <= line.now else None)
        for one in told_incidents(line)
        if one.start_is_told and not one.merged_into
        for start, end in one.impact
        if start <= line.now
    ]
    with line.store.read() as connection:
        rows = connection.execute(
            sa.text("select incident_id, started_at, ended_at from incident_span where source = 'pagerduty'")
        ).all()
    assert sorted((key, aware(start), aware(end)) for key, start, end in rows) == sorted(expected)


def test_the_clocks_are_the_companys(line: Line) -> None:
    start, end = (datetime.combine(day, datetime.min.time(), UTC) for day in line.span)
    clocks = incident_clocks(partial(run, line.store), Window(start, end), line.now).clocks
    counted = [one for one in told_incidents(line) if not one.merged_into]
    over = [one for one in counted if one.over_at(line.now)]
    restored = [
        sum((b - a for a, b in one.impact if b is not None), timedelta()).total_seconds()
        for one in over
        if one.start_is_told
    ]
    detected = [
        max(timedelta(), one.declared_at - one.impact[0][0]).total_seconds() for one in counted if one.start_is_told
    ]
    assert (clocks.declared_count, clocks.restored_count, clocks.open.count) == (len(counted), len(over), 1)
    assert clocks.restore.mean_seconds == pytest.approx(sum(restored) / len(restored))
    assert clocks.detect.mean_seconds == pytest.approx(sum(detected) / len(detected))
    assert (clocks.detect.count, clocks.detect.of_count) == (len(counted) - 1, len(counted))


def test_both_status_pages_tell_every_incident_of_their_provider(line: Line) -> None:
    expected = [
        (one.provider, one.incident_id, one.started_at, one.monitoring_at, "; ".join(one.components))
        for provider in ("anthropic", "openai")
        for one in provider_incidents(line.truth.company.seed, ANCHOR, provider)
        if one.started_at <= line.now
    ]
    rows = run(
        line.store, "incident/provider_incidents", start=datetime(2026, 7, 1, tzinfo=UTC), end=line.now, provider=[]
    ).rows()
    found = [
        (row["provider"], row["incident_id"], aware(row["span_started_at"]), aware(row["span_ended_at"]),
         row["components"])
        for row in rows
    ]  # fmt: skip
    assert sorted(found) == sorted(expected)


def test_remediation_items_are_those_of_the_table(line: Line) -> None:
    rows = run(line.store, "incident/actions", today=line.now.date(), owner=[], state=[]).rows()
    midnight = datetime.combine(line.now.date(), datetime.min.time(), UTC)
    expected = {row[0]: (row[4], row[5] or None) for row in action_rows(line.truth.company, midnight)}
    assert {row["action_id"]: (row["state"], row["owner"]) for row in rows} == expected


def test_every_specification_and_release_of_14_months_is_known_as_far_as_it_has_come(line: Line) -> None:
    delivery, now = company_delivery(line.truth.company.seed, ANCHOR), line.now
    specs = {
        one.key: (one.feature, one.created_at, *(until(moment, now) for moment in (one.approved_at, one.done_at)))
        for one in delivery.specs
        if one.created_at <= now
    }
    keys = {one.number: one.key for one in delivery.releases}
    releases = {
        one.key: (
            KIND_OF[one.repository],
            one.status_at(now),
            one.feature,
            one.sha,
            one.spec,
            keys.get(one.reverts or 0),
            keys.get(one.fixes or 0),
            one.finished_at if one.status_at(now) == "released" else None,
        )
        for one in delivery.releases
        if one.created_at <= now
    }
    columns = ("kind", "status", "feature", "version", "spec_id", "reverts", "fixes", "released_at")
    assert stored(line, Spec, "spec_id", ("feature", "created_at", "approved_at", "done_at")) == specs
    assert stored(line, Release, "release_id", columns) == releases
    assert {value[1] for value in releases.values()} >= {"released", "failed"}
    assert all(any(value[place] for value in releases.values()) for place in (5, 6))


def test_every_defect_and_request_of_14_months_is_known_as_far_as_it_has_come(line: Line) -> None:
    seed, now = line.truth.company.seed, line.now
    ends = {None: "open", FIXED: "resolved", DUPLICATE: "duplicate"}
    defects = {
        one.key: (
            ends.get(one.resolution, "declined") if one.over_at(now) else "open",
            one.labels[1],
            one.labels[0] in AI_LABELS,
            one.feature,
            one.over_at(now),
            int(one.reopened_at is not None and one.reopened_at[1] <= now),
        )
        for one in company_defects(seed, ANCHOR)
        if one.created_at <= now
    }
    columns = ("status", "reported_by", "ai_related", "feature", "resolved_at", "reopened_count")
    assert stored(line, Defect, "defect_id", columns) == defects
    requests = {
        one.key: (one.created_at, one.over_at(now), one.over_at(now) and one.resolution == DELIVERED,
                  FRAMEWORKS[one.labels[0]])
        for one in company_requests(seed, ANCHOR)
        if one.created_at <= now
    }  # fmt: skip
    columns = ("requested_at", "delivered_at", "is_complete", "framework")
    assert stored(line, EvidenceRequest, "request_id", columns) == requests


def stored(line: Line, row: type, key: str, columns: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    """The rows of a table by their key, times with their zone."""
    with line.store.read() as connection:
        rows = connection.execute(sa.select(table(row))).mappings().all()
    return {
        one[key]: tuple(aware(one[name]) if isinstance(one[name], datetime) else one[name] for name in columns)
        for one in rows
    }


def until(moment: datetime | None, now: datetime) -> datetime | None:
    """A time that has come."""
    return moment if moment and moment <= now else None


def told_incidents(line: Line) -> list[CompanyIncident]:
    """Those that were declared in the days that are loaded."""
    known = company_incidents(line.truth.company.seed, ANCHOR)
    return [one for one in known if one.declared_at.date() >= line.span[0] and one.declared_at <= line.now]


def known_postmortem(one: CompanyIncident, now: datetime) -> datetime | None:
    """When its postmortem was published, if it is; nobody asks for that of a merged one."""
    written = None if one.merged_into else one.postmortem_at
    return written if written and written <= now else None


def aware(moment: datetime | None) -> datetime | None:
    """A stored time with its zone."""
    return moment and moment.replace(tzinfo=UTC)


def test_the_late_days_were_restated_on_the_record(line: Line) -> None:
    with line.store.read() as connection:
        rows = connection.execute(sa.select(table(Restatement))).mappings().all()
    costs = [row for row in rows if row["measure"] == "billed_cost USD"]
    assert costs
    assert all(row["after_value"] > row["before_value"] for row in costs)
    assert {row["day"] for row in costs} <= {ANCHOR - timedelta(days=n) for n in (1, 2, 3)}


def test_the_anthropic_report_leaves_requests_unknown(line: Line) -> None:
    found = [row for row in line.ask("usage/tokens_by_model") if row["provider"] == "anthropic"]
    assert found
    assert {row["request_count"] for row in found} == {None}


def test_only_what_nobody_publishes_has_no_price(line: Line) -> None:
    start, end = line.span
    rows = run(line.store, "cost/unpriced_usage", start=start, end=end, recent_since=start).rows()
    assert {(row["model"], row["service"], row["service_tier"]) for row in rows} == {
        ("claude-opus-5", "messages", "priority"),
        (None, "vector_stores", "standard"),
    }


@pytest.mark.parametrize("days_ago", [0, PRICE_CHANGE_DAYS_BEFORE + 1])
def test_a_tier_costs_at_any_days_prices_what_the_vendor_would_have_billed(line: Line, days_ago: int) -> None:
    start, end = line.span
    as_of = ANCHOR - timedelta(days=days_ago)
    found = run(line.store, "cost/prices_then_and_now", start=start, end=end, as_of=as_of, provider=["openai"]).rows()
    (row,) = [row for row in found if (row["model"], row["service_tier"]) == (FRONTIER, "priority")]
    used = [u for u in line.truth.usage(start, end, line.now) if (u.model, u.tier) == (FRONTIER, "priority")]

    def billed(on: date) -> Decimal:
        price = {m: usd_per_million("openai", FRONTIER, m, "priority", on, ANCHOR) for m in Measure}
        return (
            sum(
                (
                    u.uncached_input_tokens * price[Measure.UNCACHED]
                    + u.cache_read_input_tokens * price[Measure.CACHE_READ]
                    + u.output_tokens * price[Measure.OUTPUT]
                    for u in used
                ),
                Decimal(0),
            )
            / 10**6
        )

    assert abs(row["cost_then"] - billed(ANCHOR)) < Decimal("0.0001")
    assert abs(row["cost_now"] - billed(as_of)) < Decimal("0.0001")


def test_requests_of_the_gateway_are_counted_once_and_are_no_usage(line: Line) -> None:
    company = line.truth.company
    expected: Counter[tuple[str, str]] = Counter()
    for number in range((line.now.date() - line.span[0]).days + 1):
        for one in requests_of(company.seed, company.anchor, line.span[0] + timedelta(days=number)):
            if one.started_at < line.now - timedelta(minutes=10):
                fate = {None: "answered", 429: "throttled", 503: "failed"}[one.status_code]
                expected[one.service.name, fate] += 1
    found: Counter[tuple[str, str]] = Counter()
    with line.store.read() as connection:
        rows = connection.execute(
            sa.text(
                "select service, sum(request_count), sum(throttled_count), sum(failed_count) from request_hour "
                "where source = 'litellm' group by service"
            )
        ).all()
        usage = connection.execute(sa.text("select count(*) from token_usage where source = 'litellm'")).scalar_one()
    for service, total, throttled, failed in rows:
        found.update({(service, "throttled"): throttled, (service, "failed"): failed})
        found[service, "answered"] += total - throttled - failed
    assert +found == expected
    assert usage == 0


def test_promises_stand_as_the_company_kept_them(line: Line) -> None:
    start, end = outage(line.truth.company.anchor)
    with line.store.read() as connection:
        hours = connection.execute(
            sa.text("select slo, hour, good_count, total_count from sli_hour where total_count > 0")
        ).all()
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    during: Counter[str] = Counter()
    for slo, hour, good, total in hours:
        counted[slo].update(good=good, total=total)
        if slo == "support-assistant-availability" and start < hour.replace(tzinfo=UTC) < end - timedelta(hours=1):
            during.update(good=good, total=total)
    assert len(counted) == 5
    assert during["total"] > 40
    assert during["good"] < during["total"] * Decimal("0.3"), "the outage is in the hours of the incident"
    burning = counted["semantic-search-availability"]
    assert Decimal("0.003") < 1 - Decimal(burning["good"]) / burning["total"] < Decimal("0.006")
    assert counted["research-desk-availability"]["total"] < 1200
    first = datetime.combine(line.now.date() - timedelta(days=30), datetime.min.time(), UTC)
    until = line.now.replace(minute=0, second=0, microsecond=0)
    of_parser = [(good, total) for slo, hour, good, total in hours if slo == PARSER_SLO]
    inside = [
        (good, total)
        for slo, hour, good, total in hours
        if slo == PARSER_SLO and first <= hour.replace(tzinfo=UTC) < until
    ]
    assert of_parser
    expected = parser_counts(line.truth.company, first, until)
    assert (sum(good for good, _ in inside), sum(total for _, total in inside)) == expected


def rows_of(line: Line, statement: str) -> list[tuple[Any, ...]]:
    with line.store.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_every_evaluation_names_the_version_it_was_of(line: Line) -> None:
    found = rows_of(
        line, "select run_id, feature, version, kind, score, sample_count from evaluation where source = 'mlflow'"
    )
    first = min(run.ended_at for run in evaluation_runs(7, ANCHOR) if run.run_id in {row[0] for row in found})
    assert first < LATER_NOW - timedelta(days=390)
    assert sorted(found) == sorted(
        (run.run_id, run.feature, run.version, run.suite, run.quality, run.item_count)
        for run in evaluation_runs(7, ANCHOR)
        if first <= run.ended_at <= LATER_NOW
    )


def test_a_days_scores_of_answers_are_their_mean(line: Line) -> None:
    expected: dict[tuple[date, str], list[float]] = defaultdict(list)
    for one in answer_scores(7, ANCHOR):
        scale = SCALE[1] - SCALE[0] if one.name == HELPFULNESS else 1
        if one.at <= LATER_NOW:
            expected[one.at.date(), one.name].append((one.value - (one.name == HELPFULNESS) * SCALE[0]) / scale)
    found = rows_of(
        line,
        "select cast(evaluated_at as date), metric, score, sample_count from evaluation "
        "where source = 'langfuse_scores' and kind in ('human', 'online')",
    )
    assert {(day, name): (pytest.approx(sum(of) / len(of)), len(of)) for (day, name), of in expected.items()} == {
        (day, name): (score, count) for day, name, score, count in found
    }


def test_every_experiment_ended_as_it_did(line: Line) -> None:
    expected = {}
    for one in company_experiments(7, ANCHOR):
        ended_at = one.archived_at or one.spans[-1][1]
        iterations = sum(span[0] <= LATER_NOW for span in one.spans)
        was_stopped = bool(iterations) and one.spans[iterations - 1][1] <= LATER_NOW
        decided = one.outcome if ended_at <= LATER_NOW else "inconclusive" if was_stopped else None
        if one.created_at <= LATER_NOW:
            expected[one.experiment_id] = (decided, iterations, one.subject != SHOP)
    found = rows_of(line, "select experiment_id, outcome, iteration_count, is_ai from experiment")
    assert {row[0]: (row[1], row[2], bool(row[3])) for row in found} == expected
