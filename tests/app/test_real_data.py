"""Two public data sets, imported as a user would, on the pages."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app import data
from collectors.configured import configured
from collectors.run import Runner
from config.loader import Reference
from config.settings import Settings
from store.books import open_books
from store.engine import Store
from tests.app.conftest import OpenApp
from tests.app.support import reading

FIXTURES = Path(__file__).parents[1] / "fixtures"


def imported(store: Store, name: str, **settings: Any) -> None:
    (source,) = configured(Settings(sources={name: settings}))
    (outcome,) = Runner(store, open_books(store, Reference())).run(source)
    assert outcome.error is None


def test_the_focus_sample_is_on_the_spend_page_to_the_last_digit(empty_store: Store, open_app: OpenApp) -> None:
    imported(empty_store, "focus", path=str(FIXTURES / "focus" / "focus_sample.csv"))
    app = open_app("spend", period="Custom", range=["2024-09-01", "2024-09-30"], by="Provider")
    assert "Exactly 20.52022672899 USD" in reading.text(app)
    exact = reading.table_with(app, "exact").set_index("item_name")["exact"]
    assert exact["AWS"] == "18.0066386184 USD"
    assert exact["Microsoft"] == "1.97651418586 USD"
    assert exact["Oracle"] == "0.53707392473 USD"


def test_the_request_log_is_priced_on_the_unit_economics_page(
    empty_store: Store, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(
        empty_store,
        "azure_trace",
        kind="request_log",
        path=str(FIXTURES / "requests" / "AzureLLMInferenceTrace_conv.csv"),
        map={"started_at": "TIMESTAMP", "input_tokens": "ContextTokens", "output_tokens": "GeneratedTokens"},
        set={"provider": "openai", "model": "gpt-4o"},
    )
    monkeypatch.setattr(data, "now", lambda: datetime(2023, 11, 20, tzinfo=UTC))
    app = open_app("unit_economics", period="Custom", range=["2023-11-10", "2023-11-19"])
    models = reading.table_with(app, "model").iloc[0]
    assert models["model"] == "gpt-4o"
    assert models["request_count"] == 19366
    assert models["total_tokens"] == 22361870 + 4088665
    per_million = Decimal(22361870) * Decimal("2.50") + Decimal(4088665) * Decimal("10")
    assert models["estimated_cost"] == pytest.approx(float(per_million / 1_000_000), abs=0.005)
