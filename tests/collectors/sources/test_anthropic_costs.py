"""Anthropic costs: fractional cents become dollars exactly, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import Api
from collectors.errors import DataError
from collectors.sources.anthropic_costs import SOURCE, cents_to_usd
from domain.attribution import Dimensions
from domain.window import Window
from store.tables import Charge

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(START, START + DAY)
PATH = "/v1/organizations/cost_report"

Collected = Callable[..., list[Charge]]


def test_cents_become_dollars() -> None:
    assert cents_to_usd(Decimal("123.4567")) == Decimal("1.234567")


@given(st.lists(st.decimals(0, 10**6, places=8), max_size=20))
def test_dollars_of_parts_add_up_to_the_dollars_of_the_whole(parts: list[Decimal]) -> None:
    assert sum(map(cents_to_usd, parts)) == cents_to_usd(Decimal(sum(parts)))


def test_a_charge_holds_what_the_bill_says(vendor: Any, collected: Collected, recorded: Any) -> None:
    vendor.says(PATH, recorded("anthropic/cost_page"))
    assert collected(SOURCE, WINDOW)[0] == Charge(
        source="anthropic_costs",
        provider="anthropic",
        billing_account_id="org-demo",
        billing_account_type="Organization",
        billing_currency="USD",
        billing_period_start=START,
        billing_period_end=datetime(2026, 12, 1, tzinfo=UTC),
        charge_period_start=START,
        charge_period_end=START + DAY,
        charge_category="Usage",
        charge_frequency="Usage-Based",
        charge_description="Claude Sonnet 5 Usage - Input Tokens, Cache Write 1h",
        invoice_issuer_name="Anthropic",
        service_provider_name="Anthropic",
        service_category="AI and Machine Learning",
        service_subcategory="Generative AI",
        service_name="Claude API",
        billed_cost=Decimal("1.234567"),
        effective_cost=Decimal("1.234567"),
        list_cost=Decimal("1.234567"),
        contracted_cost=Decimal("1.234567"),
        price_basis="billed-only",
        attribution_key=Dimensions(
            "anthropic", "org-demo", "wrkspc_demo", None, None, "claude-sonnet-5", "Claude API"
        ).key(),
        focus_version="1.4",
        model="claude-sonnet-5",
        token_type="cache_write_1h_input_tokens",
        service_tier="standard",
        sub_account_id="wrkspc_demo",
        sub_account_type="Workspace",
        sku_id="claude-sonnet-5|tokens|cache_creation.ephemeral_1h_input_tokens|standard|0-200k|global",
        sku_meter="Cache Write Tokens, 1 Hour",
        publisher_name="Anthropic",
        pricing_currency="USD",
        pricing_currency_effective_cost=Decimal("1.234567"),
    )


def test_a_tool_in_the_default_workspace_has_no_model(vendor: Any, collected: Collected, recorded: Any) -> None:
    vendor.says(PATH, recorded("anthropic/cost_page"))
    tool = collected(SOURCE, WINDOW)[1]
    assert (tool.billed_cost, tool.sub_account_id, tool.model) == (Decimal("0.05"), "default", None)
    assert tool.sku_id == "|code_execution||||"


def test_the_query_is_daily_and_grouped_by_both(vendor: Any, collected: Collected, recorded: Any) -> None:
    vendor.says(PATH, recorded("anthropic/cost_page"))
    collected(SOURCE, WINDOW)
    assert vendor.queries(PATH) == [
        [
            ("starting_at", "2026-11-01T00:00:00Z"),
            ("ending_at", "2026-11-02T00:00:00Z"),
            ("bucket_width", "1d"),
            ("limit", "31"),
            ("group_by[]", "workspace_id"),
            ("group_by[]", "description"),
        ]
    ]


def test_the_running_day_comes_because_no_end_is_named(vendor: Any, collected: Collected, recorded: Any) -> None:
    vendor.says(PATH, recorded("anthropic/cost_page"))
    assert len(collected(SOURCE, WINDOW, START + timedelta(hours=7))) == 2
    assert "ending_at" not in dict(vendor.queries(PATH)[0])


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("amount", None, "amount is None where a number"),
        ("amount", "lots", "amount is 'lots' where a number"),
        ("currency", "", "currency is '' where text"),
        ("model", 5, "model is 5 where text"),
    ],
)
def test_a_line_that_breaks_the_contract_is_named(
    vendor: Any, collected: Collected, recorded: Any, field: str, value: Any, problem: str
) -> None:
    page = recorded("anthropic/cost_page")
    page["data"][0]["results"][0][field] = value
    vendor.says(PATH, page)
    with pytest.raises(DataError, match=f"anthropic_costs {PATH}: {problem}"):
        collected(SOURCE, WINDOW)


def test_the_check_is_one_call(vendor: Any, api_of: Callable[..., Api], recorded: Any) -> None:
    vendor.says(PATH, recorded("anthropic/cost_page"))
    SOURCE.check(api_of(SOURCE))
    assert len(vendor.asked) == 1
