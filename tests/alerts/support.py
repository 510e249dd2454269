"""What the alert tests share: a served Slack, and rows for a store."""

import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import sqlalchemy as sa
import uvicorn

from domain.attribution import OPEN_FROM, OPEN_TO
from sandbox.company import Company
from sandbox.faults import Faults
from sandbox.server import create_app
from store import attributed, source_health
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import Alert, AlertDelivery, Attribution, BillDay, Budget, CollectorRun, CostDay, Feature, Outbox

NOW = datetime(2026, 11, 22, 8, 26, tzinfo=UTC)
START = date(2026, 11, 1)
TOKEN_VARIABLE = "BURNLINE_TEST_SLACK_TOKEN"


@dataclass
class SlackServer:
    """The sandbox on a loopback port; `now` is the time it goes by."""

    url: str
    faults: Faults
    now: datetime = NOW

    @property
    def base_url(self) -> str:
        return f"{self.url}/slack/api/"

    def messages(self) -> list[dict[str, Any]]:
        """Everything posted, oldest first."""
        answer = httpx2.get(f"{self.url}/slack/messages.json", trust_env=False)
        return list(answer.json()["messages"])

    def roots(self) -> list[dict[str, Any]]:
        return [message for message in self.messages() if not message.keys() & {"thread_ts", "only_for"}]

    def replies(self, root: dict[str, Any]) -> list[str]:
        """What the thread of a message says, without the details it begins with."""
        thread = [message["text"] for message in self.messages() if message.get("thread_ts") == root["ts"]]
        return [text for text in thread if not text.startswith("Details of")]


class Serving:
    """Runs the sandbox in a thread from start to stop."""

    def __init__(self, company: Company, state_dir: Path) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.slack = SlackServer(f"http://127.0.0.1:{self._listener.getsockname()[1]}", Faults.none())
        app = create_app(company, lambda: self.slack.now, self.slack.faults, state_dir)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="websockets-sansio"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})

    def start(self) -> SlackServer:
        self._thread.start()
        return self.slack

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()


def insert(store: Store, row: type, rows: Sequence[Any]) -> None:
    with store.write() as connection:
        insert_rows(connection, row, to_batch(row, rows))
        if row is CollectorRun:
            source_health.refresh(connection)


def alerts(store: Store) -> list[Alert]:
    return [Alert(**row) for row in _rows(store, Alert, "opened_at")]


def deliveries(store: Store) -> list[AlertDelivery]:
    return [AlertDelivery(**row) for row in _rows(store, AlertDelivery, "destination")]


def outbox(store: Store) -> list[Outbox]:
    return [Outbox(**row) for row in _rows(store, Outbox, "position")]


def _rows(store: Store, row: type, order: str) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(sa.select(table(row)).order_by(order)).mappings())


def seed_workplace(store: Store, budget: Decimal = Decimal(10_000)) -> None:
    """A team with a November budget, its feature, and the key its costs come under."""
    insert(
        store,
        Feature,
        [
            Feature(
                feature="desk",
                name="Research desk",
                team="Workplace",
                tier="internal",
                owner="Lucía Farrow",
                status="live",
            )
        ],
    )
    insert(
        store,
        Attribution,
        [
            Attribution(
                attribution_key="k1",
                valid_from=OPEN_FROM,
                valid_to=OPEN_TO,
                provider="openai",
                account_id="org",
                project_id="p",
                api_key_id=None,
                user_id=None,
                model=None,
                service=None,
                tags=None,
                feature="desk",
                environment="production",
                cost_center=None,
                rule="desk",
            )
        ],
    )
    set_budget(store, budget)


def set_budget(store: Store, amount: Decimal, scope_type: str = "team", scope: str = "Workplace") -> None:
    """The only budget of that scope from now on."""
    budget = table(Budget)
    with store.write() as connection:
        connection.execute(sa.delete(budget).where(budget.c.scope_type == scope_type, budget.c.scope == scope))
    insert(store, Budget, [budget_row(amount, scope_type, scope)])


def budget_row(
    amount: Decimal, scope_type: str = "team", scope: str = "Workplace", currency: str = "USD", start: date = START
) -> Budget:
    return Budget(
        scope_type=scope_type,
        scope=scope,
        period="month",
        period_start=start,
        period_end=(start + timedelta(days=32)).replace(day=1),
        amount=amount,
        currency=currency,
    )


def spend(store: Store, day: date, cost: Decimal, currency: str = "USD") -> None:
    """One bill of the team on one day."""
    insert(
        store,
        CostDay,
        [
            CostDay(
                day=day,
                source="openai_costs",
                provider="openai",
                account_id="org",
                project_id="p",
                service="OpenAI API",
                model="gpt-5.4",
                attribution_key="k1",
                billing_currency=currency,
                billed_cost=cost,
                effective_cost=cost,
                charge_count=1,
            )
        ],
    )
    billed = BillDay(
        day=day,
        source="openai_costs",
        provider="openai",
        model="gpt-5.4",
        service_tier=None,
        token_type=None,
        unit=None,
        charge_category="Usage",
        billing_currency=currency,
        billed_cost=cost,
        effective_cost=cost,
        billed_quantity=None,
    )
    insert(store, BillDay, [billed])
    with store.write() as connection:
        attributed.rebuild(connection)


def run_row(source: str, at: datetime, status: str = "ok", **more: Any) -> CollectorRun:
    """A run that took a minute; a good one brought everything up to `at`."""
    values: dict[str, Any] = {
        "run_id": uuid4().hex,
        "source": source,
        "kind": source,
        "started_at": at,
        "status": status,
        "window_start_at": at - timedelta(days=7),
        "window_end_at": at,
        "finished_at": None if status == "running" else at + timedelta(minutes=1),
        "watermark_at": at if status == "ok" else None,
        "row_count": 10 if status == "ok" else None,
    }
    return CollectorRun(**{**values, **more})


def collected(store: Store, source: str, at: datetime, status: str = "ok", **more: Any) -> None:
    insert(store, CollectorRun, [run_row(source, at, status, **more)])
