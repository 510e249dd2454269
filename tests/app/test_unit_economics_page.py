"""Unit economics: per feature, per request, per token; what is not reported stays unknown."""

from datetime import timedelta
from decimal import Decimal

import pandas as pd
import pytest

from store.engine import Store
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading

TODAY = NOW.date()
START = TODAY - timedelta(days=28)


def test_every_feature_and_unattributed_have_a_row(full_store: Store, open_app: OpenApp) -> None:
    rows = reading.table_with(open_app("unit_economics"), "feature_name")
    assert set(rows["feature_name"]) == {f.name for f in company.FEATURES} | {"Unattributed"}


def test_the_features_cost_what_was_billed(full_store: Store, books: company.Books, open_app: OpenApp) -> None:
    rows = reading.table_with(open_app("unit_economics"), "feature_name")
    assert rows["billed_cost"].sum() == pytest.approx(float(books.billed(START, TODAY)), rel=1e-12)


def test_a_feature_with_one_silent_provider_covers_the_other_alone(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    rows = reading.table_with(open_app("unit_economics"), "feature_name").set_index("feature_name")
    row = rows.loc["Support assistant"]
    keys = {s.attribution_key for s in company.STREAMS if s.feature == "support-assistant" and s.provider == "openai"}
    cost = sum((c.billed_cost for c in books.costs if c.attribution_key in keys and START <= c.day < TODAY), Decimal())
    requests = sum(u.request_count or 0 for u in books.usage if u.attribution_key in keys and START <= u.day < TODAY)
    assert row["cost_per_1k_requests"] == pytest.approx(float(cost) * 1000 / requests)
    assert row["covered"] == pytest.approx(float(cost) / row["billed_cost"])


def test_a_feature_whose_provider_reports_no_requests_has_no_cost_per_request(
    full_store: Store, open_app: OpenApp
) -> None:
    rows = reading.table_with(open_app("unit_economics"), "feature_name").set_index("feature_name")
    assert pd.isna(rows.loc["Fraud review"]["cost_per_1k_requests"])
    assert pd.isna(rows.loc["Fraud review"]["request_count"])
    assert rows.loc["Fraud review"]["cost_per_1m_tokens"] > 0


def test_usage_without_a_bill_is_at_list_price_and_never_billed(
    full_store: Store, books: company.Books, open_app: OpenApp
) -> None:
    app = open_app("unit_economics")
    models = next(t for t in reading.tables(app) if "model" in t.columns).set_index("model")
    row = models.loc["llama-4-70b"]
    logs = [u for u in books.usage if u.source == "gateway_log" and START <= u.day < TODAY]
    assert pd.isna(row["billed_cost"])
    assert row["estimated_cost"] == pytest.approx(float(sum((u.estimated_cost or 0) for u in logs)))
    assert row["unpriced_tokens"] == sum(u.unpriced_tokens for u in logs)
    assert "tokens have no price" in reading.text(app)


@pytest.mark.parametrize("feature", ["support-assistant", "Support assistant"])
def test_a_feature_in_the_url_opens_its_models_keys_and_trend(
    full_store: Store, open_app: OpenApp, feature: str
) -> None:
    app = open_app("unit_economics", feature=feature)
    figure, alt = reading.charts(app)[0]
    assert alt.startswith("Support assistant: $")
    assert [trace["type"] for trace in figure["data"]] == ["bar", "scatter"]
    keys = reading.table_with(app, "api_key_id")
    assert set(keys["api_key_id"]) == {"key_support-assistant_production", "key_support-assistant_staging"}


def test_filters_of_the_spend_page_do_not_break_the_detail(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("spend", features="Fraud review")
    app.switch_page("views/unit_economics.py").run()
    assert not app.exception
    assert not app.error


def test_an_empty_store_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    assert "Connect a source" in reading.text(open_app("unit_economics"))
