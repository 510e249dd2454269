"""Small rows for tests of the store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from domain.attribution import Dimensions
from domain.window import Window
from store import ledger
from store.books import Books
from store.engine import Store
from store.load import BillingPeriod, Loaded, replace_window
from store.price_book import PriceBook
from store.schema import to_batch
from store.tables import Charge, InferenceRequest, TokenUsage

DAY = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BOOKS = Books(PriceBook())


def days(first: int, last: int) -> Window:
    """November days `[first, last)` as a window."""
    return Window(DAY + timedelta(days=first - 1), DAY + timedelta(days=last - 1))


def charge(day: int, cost: str, **changes: Any) -> Charge:
    """One charge of one November day."""
    start = DAY + timedelta(days=day - 1)
    values: dict[str, Any] = {
        "source": "openai_costs",
        "provider": "openai",
        "billing_account_id": "org-1",
        "billing_currency": "USD",
        "billing_period_start": DAY,
        "billing_period_end": DAY + timedelta(days=30),
        "charge_period_start": start,
        "charge_period_end": start + timedelta(days=1),
        "charge_category": "Usage",
        "invoice_issuer_name": "OpenAI",
        "service_provider_name": "OpenAI",
        "service_category": "AI and Machine Learning",
        "service_name": "OpenAI API",
        "billed_cost": Decimal(cost),
        "effective_cost": Decimal(cost),
        "focus_version": "1.4",
        "sub_account_id": "proj-1",
        "model": "gpt-4o",
        **changes,
    }
    key = Dimensions(
        provider=values["provider"],
        account_id=values["billing_account_id"],
        project_id=values["sub_account_id"],
        model=values["model"],
        service=values["service_name"],
    ).key()
    return Charge(attribution_key=key, **values)


def usage(day: int, hour: int = 0, **changes: Any) -> TokenUsage:
    """One hour of usage of one November day."""
    start = DAY + timedelta(days=day - 1, hours=hour)
    values: dict[str, Any] = {
        "source": "openai_usage",
        "started_at": start,
        "ended_at": start + timedelta(hours=1),
        "provider": "openai",
        "account_id": "org-1",
        "service": "completions",
        "project_id": "proj-1",
        "model": "gpt-4o",
        "uncached_input_tokens": 1000,
        "cache_read_input_tokens": 200,
        "output_tokens": 100,
        "request_count": 10,
        **changes,
    }
    key = Dimensions(
        provider=values["provider"],
        account_id=values["account_id"],
        project_id=values["project_id"],
        model=values["model"],
        service=values["service"],
    ).key()
    return TokenUsage(attribution_key=key, **values)


def request(day: int, second: int, **changes: Any) -> InferenceRequest:
    """One request of one November day."""
    values: dict[str, Any] = {
        "source": "log",
        "started_at": DAY + timedelta(days=day - 1, seconds=second),
        "provider": "openai",
        "account_id": "default",
        "service": "requests",
        "model": "gpt-4o",
        "input_tokens": 100,
        "output_tokens": 10,
        **changes,
    }
    key = Dimensions(provider="openai", account_id="default", model=values["model"], service="requests").key()
    return InferenceRequest(attribution_key=key, **values)


def load(
    store: Store,
    rows: Sequence[Any],
    window: Window,
    *,
    row: type = Charge,
    source: str = "openai_costs",
    now: datetime = NOW,
    books: Books = BOOKS,
    periods: Sequence[BillingPeriod] = (),
    batches: Sequence[pa.RecordBatch] | None = None,
) -> Loaded:
    """Loads rows as one successful run of a source."""
    run = ledger.begin(store, source, "refresh", window, now)
    given = [to_batch(row, rows)] if batches is None else batches
    return replace_window(store, row, source, window, given, run=run, books=books, now=now, periods=periods)
