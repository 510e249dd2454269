"""What fires says why and what else happened, with its hours or days; what does not fire asks for nothing more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from alerts.base import Finding, Rule, Situation
from alerts.burning import blamed
from alerts.context import happened_since
from alerts.lifecycle import decide
from alerts.notice import compose
from alerts.rules import budget_threshold, provider_incident, slo_burn
from config.loader import Reference
from config.settings import Server, Settings
from domain.slo.counting import countings
from domain.window import Window
from queries.runner import Result, run
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.reference import sync_reference
from store.tables import Annotation, InferenceRequest, RequestHour
from tests.alerts.support import NOW, insert, seed_workplace, spend
from tests.alerts.test_incident_rules import add
from tests.support.facts import DAY, load, request
from tests.support.slos import indicator, slo

SLO = slo("answers", indicator(), target="0.999")


class Asking:
    """Answers from a store, and remembers what was asked."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.names: list[str] = []

    def __call__(self, name: str, **params: Any) -> Result:
        self.names.append(name)
        return run(self.store, name, **params)


def one(rule: Rule, ask: Asking, situation: Situation) -> Finding:
    (finding,) = rule.examine(ask, situation)
    return finding


def note(store: Store, at: datetime, title: str, feature: str | None = None) -> None:
    insert(store, Annotation, [Annotation(occurred_at=at, kind="price_change", title=title, feature=feature)])


def test_what_happened_is_told_of_the_feature_and_the_providers_and_not_of_the_alert_itself(
    duckdb_store: Store,
) -> None:
    note(duckdb_store, NOW - timedelta(hours=2), "All models cheaper")
    note(duckdb_store, NOW - timedelta(hours=1), "Other", "other")
    note(duckdb_store, NOW - timedelta(days=3), "Too old")
    add(duckdb_store, "p1", age=timedelta(hours=3), provider="openai", team=None)
    add(duckdb_store, "p2", age=timedelta(hours=2), lasted=timedelta(hours=1), provider="anthropic", team=None)
    add(duckdb_store, "ours", age=timedelta(hours=2))
    ask = Asking(duckdb_store)
    told = happened_since(ask, NOW - timedelta(hours=4), NOW, feature="desk")
    assert told == (
        "Price change on 22 Nov 2026: All models cheaper",
        "OpenAI has been in trouble since 22 Nov 2026 05:26 UTC: Trouble p1",
        "Anthropic was in trouble from 22 Nov 2026 06:26 UTC to 22 Nov 2026 07:26 UTC: Trouble p2",
    )
    assert happened_since(ask, NOW - timedelta(hours=4), NOW, provider=["openai"], but=("pager", "p1")) == (
        "Price change on 22 Nov 2026: All models cheaper",
        "Price change on 22 Nov 2026 (other): Other",
    )


def test_the_worst_models_are_named_with_their_share_of_the_bad_and_of_all() -> None:
    rows = [
        {"provider": "openai", "model": "gpt-5.4", "good_count": 10, "total_count": 100},
        {"provider": "gpu", "model": None, "good_count": 890, "total_count": 900},
        {"provider": "x", "model": "fine", "good_count": 5, "total_count": 5},
    ]
    assert blamed(rows, NOW) == [
        "gpt-5.4 of OpenAI answered 90 of the 100 bad requests since 22 Nov 2026 08:26 UTC (90%), with 9% of all "
        "requests.",
        "gpu answered 10 of the 100 bad requests since 22 Nov 2026 08:26 UTC (10%), with 89% of all requests.",
    ]
    assert blamed(rows[2:], NOW) == []


def test_a_burning_budget_names_the_model_and_draws_its_hours(duckdb_store: Store) -> None:
    at = DAY + timedelta(days=10)
    failed = [request(10, 86_400 - 60 * minute, status_code=503 if minute < 50 else 200) for minute in range(1, 60)]
    books = Books(PriceBook(), objectives=tuple(countings([SLO])))
    load(
        duckdb_store,
        failed,
        Window(at - timedelta(hours=1), at),
        row=InferenceRequest,
        source="log",
        now=at,
        books=books,
    )
    sync_reference(duckdb_store, Reference(slos=(SLO,), declared=frozenset({"slos"})))
    note(duckdb_store, at, "A launch")
    ask = Asking(duckdb_store)
    finding = one(slo_burn.RULE, ask, Situation(at, Settings(), slos=(SLO,)))
    assert "answered every request, 49 of 59 requests since" in finding.why[0]
    assert finding.happened == (f"Price change on {at.day} Nov 2026: A launch",)
    assert finding.chart is not None
    assert finding.chart.limit == 0.1
    assert [value for _, value in finding.chart.points if value is not None] == [100 * 49 / 59]
    assert set(finding.queries) == set(ask.names)

    quiet = Asking(duckdb_store)
    calm = one(slo_burn.RULE, quiet, Situation(at - timedelta(days=3), Settings(), slos=(SLO,)))
    assert (calm.state, calm.chart, calm.happened) == ("over", None, ())
    assert "ops/annotations" not in quiet.names


def test_a_budget_draws_its_days_and_says_what_the_overrun_is_of(duckdb_store: Store) -> None:
    seed_workplace(duckdb_store)
    for day in range(1, 22):
        spend(duckdb_store, date(2026, 11, day), Decimal(600))
    note(duckdb_store, datetime(2026, 11, 3, tzinfo=UTC), "Desk is open to all")
    finding = one(budget_threshold.RULE, Asking(duckdb_store), Situation(NOW, Settings()))
    assert finding.chart is not None
    assert [value for _, value in finding.chart.points] == [600 * day for day in range(1, 22)]
    assert (finding.chart.limit, finding.chart.unit) == (10_000, "USD")
    assert finding.happened == ("Price change on 3 Nov 2026: Desk is open to all",)

    (opened,) = decide({}, {"budget_threshold": [finding]}, (), NOW)
    settings = Settings(server=Server(docs_url="https://docs.example/main/docs/"))
    runbook = "docs/runbooks/budget_threshold.md"
    notice = compose(opened, finding, open_for=timedelta(0), runbook=runbook, settings=settings)
    assert notice.runbook_url == "https://docs.example/main/docs/runbooks/budget_threshold.md"
    assert finding.impact_cost is not None
    assert notice.fields[0] == (
        "Impact",
        f"${finding.impact_cost:,.0f}, {finding.impact_cost / 100:.0f}% of the budget",
    )
    assert ("Spent", "12,600") in notice.details
    assert notice.queries[0] == "cost/budget_status"

    resolved = replace(opened, transition="resolved", alert=replace(opened.alert, status="resolved"))
    gone = compose(resolved, None, open_for=timedelta(hours=2), runbook="", settings=settings)
    assert gone.fields[0] == ("Impact in all", f"${finding.impact_cost:,.0f}")
    assert ("Open for", "2 hours") in gone.fields


def test_trouble_of_a_provider_draws_our_own_failures(duckdb_store: Store) -> None:
    hour = NOW.replace(minute=0)
    for ago, failed in ((0, 30), (5, 1)):
        counted = RequestHour(
            hour=hour - timedelta(hours=ago),
            source="log",
            provider="openai",
            service="chat",
            model="m",
            attribution_key="k",
            request_count=100,
            throttled_count=0,
            rejected_count=0,
            failed_count=failed,
        )
        insert(duckdb_store, RequestHour, [counted])
    add(duckdb_store, "p1", age=timedelta(hours=1), provider="openai", team=None)
    add(duckdb_store, "p2", age=timedelta(hours=1), provider="anthropic", team=None)
    finding = one(provider_incident.RULE, Asking(duckdb_store), Situation(NOW, Settings()))
    assert finding.chart is not None
    assert [value for _, value in finding.chart.points if value is not None] == [1, 30]
    assert finding.chart.marked == (NOW - timedelta(hours=1), NOW)
    assert finding.happened == ()
