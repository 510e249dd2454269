"""Small FOCUS files and request logs, and what the real runner makes of them."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from collectors.base import Delivery, FileApi, FileSource
from collectors.configured import configured
from collectors.discovery import sources
from collectors.run import Outcome, Runner
from config.settings import Settings
from store.books import Books
from store.engine import Store
from store.ledger import aware
from store.price_book import PriceBook
from store.schema import table
from store.tables import Quarantine

FIXTURES = Path(__file__).parents[1] / "fixtures"
SAMPLE = FIXTURES / "focus" / "focus_sample.csv"
TRACE = FIXTURES / "requests" / "AzureLLMInferenceTrace_conv.csv"

_seconds = count()

CHARGE: dict[str, str | None] = {
    "BilledCost": "0.90",
    "EffectiveCost": "0.80",
    "ListCost": "1.00",
    "ContractedCost": "0.95",
    "BillingAccountId": "org-demo",
    "BillingAccountName": "Demo Org",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-11-01T00:00:00Z",
    "BillingPeriodEnd": "2026-12-01T00:00:00Z",
    "ChargePeriodStart": "2026-11-01T00:00:00Z",
    "ChargePeriodEnd": "2026-11-02T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargeDescription": "Model X input tokens",
    "PricingQuantity": "0.5",
    "PricingUnit": "1M Tokens",
    "InvoiceIssuerName": "Vendor",
    "ProviderName": "Vendor",
    "PublisherName": "Vendor",
    "ServiceCategory": "AI and Machine Learning",
    "ServiceName": "Model API",
}
"""One row with the columns that FOCUS 1.0 makes mandatory."""


def focus_text(*changes: Mapping[str, str | None]) -> str:
    """A FOCUS CSV file, one row per argument; None leaves the column out of the whole file."""
    rows = [CHARGE | dict(change) for change in changes or ({},)]
    header = [name for name in dict.fromkeys(name for row in rows for name in row) if rows[0].get(name, "") is not None]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, content: str) -> Path:
    """Writes text and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def clock() -> datetime:
    """A time after all test data that moves with each look at it."""
    return datetime(2027, 1, 5, tzinfo=UTC) + timedelta(seconds=next(_seconds))


def ingest(store: Store, path: Path, *, kind: str = "focus", name: str = "focus", **settings: Any) -> list[Outcome]:
    """What one run of a file source gives."""
    (item,) = configured(Settings(sources={name: {"kind": kind, "path": str(path), **settings}}))
    return Runner(store, Books(PriceBook()), clock=clock).run(item)


def loaded(store: Store, path: Path, **settings: Any) -> Outcome:
    """The outcome of the only delivery, which must be loaded."""
    (outcome,) = ingest(store, path, **settings)
    assert outcome.status == "ok", outcome.error
    return outcome


def refused(store: Store, path: Path, **settings: Any) -> str:
    """The sentence of the only delivery, which must be refused."""
    (outcome,) = ingest(store, path, **settings)
    assert outcome.status == "failed"
    assert outcome.error
    return outcome.error


def delivered(path: Path, *, kind: str, **settings: Any) -> tuple[list[dict[str, Any]], list[tuple[str, int, str]]]:
    """The rows of a file source's only delivery, and (file, row number, reason) of those set aside; without a store."""
    source = sources()[kind]
    assert isinstance(source, FileSource)
    chosen = source.settings.model_validate({"path": str(path), **settings})
    (delivery,) = source.deliver(FileApi("given", chosen), ())
    assert isinstance(delivery, Delivery)
    found = [row for batch in delivery.batches for row in batch.to_pylist()]
    return found, sorted((row.file_name, row.row_number, row.reason) for row in delivery.rejected)


def rows(store: Store, row: type) -> list[dict[str, Any]]:
    """All rows of a table, their times with the zone they have: UTC."""
    with store.read() as connection:
        found = [dict(mapping) for mapping in connection.execute(sa.select(table(row))).mappings()]
    for values in found:
        values |= {name: aware(value) for name, value in values.items() if isinstance(value, datetime)}
    return sorted(found, key=str)


def only(store: Store, row: type) -> dict[str, Any]:
    """The only row of a table."""
    (found,) = rows(store, row)
    return found


def quarantined(store: Store) -> list[tuple[str, int, str]]:
    """(file, row number, reason) of every row that was set aside."""
    found: Sequence[dict[str, Any]] = rows(store, Quarantine)
    return sorted((row["file_name"], row["row_number"], row["reason"]) for row in found)
