"""Everything the vendors' APIs say arrives in the store exactly once: compared with the company's own model."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn

from burnline.demo import write_settings
from collectors.configured import configured
from collectors.run import Runner
from config.loader import load_reference
from config.settings import load_settings
from queries.runner import run
from sandbox.catalog import FRONTIER
from sandbox.company import Company
from sandbox.demo_config import write_demo_config
from sandbox.events import PRICE_CHANGE_DAYS_BEFORE
from sandbox.faults import Faults
from sandbox.prices import usd_per_million
from sandbox.server import create_app
from sandbox.traffic import Measure
from sandbox.truth import Truth
from store.books import open_books
from store.engine import Store, open_store
from store.migrate import upgrade
from store.reference import sync_reference
from store.schema import table
from store.tables import Restatement
from tests.support.postgres import free_port

ANCHOR = date(2026, 11, 20)
FIRST_NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER_NOW = FIRST_NOW + timedelta(days=3)
BACKFILL_DAYS = 40


class Line:
    """The whole line, run at two moments of a stopped clock."""

    def __init__(self, store: Store, folder: Path, company: Company, url: str) -> None:
        self.now = FIRST_NOW
        self.store = store
        self.truth = Truth(company)
        write_settings(folder, write_demo_config(company, folder, url), backfill_days=BACKFILL_DAYS)
        self.settings, self.reference = load_settings(folder), load_reference(folder)
        sync_reference(store, self.reference)

    def collect(self) -> None:
        """Runs every source; each must end well although the vendors fail now and then."""
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
    billed = {row["provider"]: row["billed_cost"] for row in line.ask("cost/billed_by_provider")}
    expected = {
        provider: line.truth.total_cost(*line.span, line.now, provider=provider) for provider in ("openai", "anthropic")
    }
    assert billed == expected


def test_every_day_of_every_feature_is_exact(line: Line) -> None:
    expected: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for cost in line.truth.billed_costs(*line.span, line.now):
        expected[cost.day, cost.feature or "unattributed"] += cost.billed_cost
    with line.store.read() as connection:
        rows = connection.execute(
            sa.text("select day, feature, sum(billed_cost) from attributed_cost_day group by day, feature")
        ).all()
    assert {(day, feature): Decimal(cost) for day, feature, cost in rows if cost} == dict(expected)


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
