"""OpenAI costs: dollars to the last digit, whole days, and the refusal of API keys before December 2025."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.openai_costs import KEYS_SINCE, KEYS_SINCE_EPOCH, SOURCE, parse_line_item
from domain.attribution import Dimensions
from domain.window import Window
from store.schema import to_batch
from store.tables import Charge

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(START, START + DAY)
PATH = "/v1/organization/costs"

Collected = Callable[..., list[Charge]]


def bucket(start: datetime, *rows: dict[str, Any]) -> dict[str, Any]:
    epoch = int(start.timestamp())
    return {"object": "bucket", "start_time": epoch, "end_time": epoch + 86400, "results": list(rows)}


def page(*buckets: dict[str, Any]) -> dict[str, Any]:
    return {"object": "page", "has_more": False, "next_page": None, "data": list(buckets)}


def cost(value: Any = "1", **fields: Any) -> dict[str, Any]:
    return {"object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}} | fields


def test_a_charge_holds_what_the_bill_says(vendor: Any, collected: Collected, recorded: Any) -> None:
    vendor.says(PATH, recorded("openai/costs_page"))
    assert collected(SOURCE, WINDOW)[0] == Charge(
        source="openai_costs",
        provider="openai",
        billing_account_id="org-demo",
        billing_account_type="Organization",
        billing_currency="USD",
        billing_period_start=START,
        billing_period_end=datetime(2026, 12, 1, tzinfo=UTC),
        charge_period_start=START,
        charge_period_end=START + DAY,
        charge_category="Usage",
        charge_frequency="Usage-Based",
        charge_description="gpt-5.6, input",
        invoice_issuer_name="OpenAI",
        service_provider_name="OpenAI",
        service_category="AI and Machine Learning",
        service_subcategory="Generative AI",
        service_name="OpenAI API",
        billed_cost=Decimal("0.061300000000000000001"),
        effective_cost=Decimal("0.061300000000000000001"),
        list_cost=Decimal("0.061300000000000000001"),
        contracted_cost=Decimal("0.061300000000000000001"),
        price_basis="billed-only",
        attribution_key=Dimensions("openai", "org-demo", "proj_demo", "key_demo", None, "gpt-5.6", "OpenAI API").key(),
        focus_version="1.4",
        model="gpt-5.6",
        token_type="uncached_input_tokens",
        api_key_id="key_demo",
        sub_account_id="proj_demo",
        sub_account_type="Project",
        sku_id="gpt-5.6, input",
        consumed_quantity=Decimal(1200),
        consumed_unit="Tokens",
        sku_meter="Input Tokens",
        publisher_name="OpenAI",
        pricing_currency="USD",
        pricing_currency_effective_cost=Decimal("0.061300000000000000001"),
    )


def test_another_currency_is_kept_and_unknown_parts_stay_unknown(
    vendor: Any, collected: Collected, recorded: Any
) -> None:
    vendor.says(PATH, recorded("openai/costs_page"))
    tools = collected(SOURCE, WINDOW)[1]
    assert (tools.billed_cost, tools.billing_currency) == (Decimal("0.1"), "EUR")
    assert (tools.sub_account_id, tools.sub_account_type, tools.model, tools.consumed_quantity) == (None,) * 4
    assert tools.charge_description == "web search tool calls"


@pytest.mark.parametrize("value", ["0.1", 0.1, "1E-1"])
def test_money_as_text_and_as_number_is_the_same(vendor: Any, collected: Collected, value: Any) -> None:
    vendor.says(PATH, page(bucket(START, cost(value))))
    [charge] = collected(SOURCE, WINDOW)
    assert charge.billed_cost == Decimal("0.1")
    assert to_batch(Charge, [charge]).num_rows == 1


def test_the_running_day_is_asked_for_until_now(vendor: Any, collected: Collected) -> None:
    now = START + timedelta(hours=5, seconds=7)
    vendor.says(PATH, page(bucket(START, cost())))
    [charge] = collected(SOURCE, WINDOW, now)
    assert charge.charge_period_end == START + DAY
    assert vendor.queries(PATH)[0] == [
        ("start_time", "1793491200"),
        ("end_time", str(1793491200 + 5 * 3600 + 7)),
        ("bucket_width", "1d"),
        ("limit", "180"),
        ("group_by", "project_id"),
        ("group_by", "line_item"),
        ("group_by", "api_key_id"),
    ]


def test_the_last_day_of_a_month_is_billed_in_that_month(vendor: Any, collected: Collected) -> None:
    last = datetime(2026, 10, 31, tzinfo=UTC)
    vendor.says(PATH, page(bucket(last, cost())))
    [charge] = collected(SOURCE, Window(last, START))
    assert (charge.billing_period_start, charge.billing_period_end) == (datetime(2026, 10, 1, tzinfo=UTC), START)


@pytest.fixture
def refusal(recorded: Any) -> httpx2.Response:
    return httpx2.Response(400, json=recorded("openai/error_400_api_key_id"))


def test_a_window_across_december_2025_is_asked_for_in_two_parts(
    vendor: Any, collected: Collected, refusal: httpx2.Response
) -> None:
    vendor.says(
        PATH,
        refusal,
        page(bucket(KEYS_SINCE - DAY, cost("1"))),
        page(bucket(KEYS_SINCE, cost("2", api_key_id="key_demo"))),
    )
    charges = collected(SOURCE, Window(KEYS_SINCE - 2 * DAY, KEYS_SINCE + DAY))
    assert [(c.charge_period_start, c.billed_cost, c.api_key_id) for c in charges] == [
        (KEYS_SINCE - DAY, Decimal(1), None),
        (KEYS_SINCE, Decimal(2), "key_demo"),
    ]
    _, older, newer = vendor.queries(PATH)
    assert ("end_time", KEYS_SINCE_EPOCH) in older
    assert ("group_by", "api_key_id") not in older
    assert ("start_time", KEYS_SINCE_EPOCH) in newer
    assert ("group_by", "api_key_id") in newer


def test_a_window_before_december_2025_is_asked_for_without_keys(
    vendor: Any, collected: Collected, refusal: httpx2.Response
) -> None:
    vendor.says(PATH, refusal, page(bucket(KEYS_SINCE - DAY, cost())))
    assert len(collected(SOURCE, Window(KEYS_SINCE - DAY, KEYS_SINCE))) == 1
    assert ("group_by", "api_key_id") not in vendor.queries(PATH)[1]


def test_the_epoch_of_december_2025_is_the_one_the_vendor_names() -> None:
    assert KEYS_SINCE.timestamp() == int(KEYS_SINCE_EPOCH)


def test_the_same_refusal_of_a_later_window_is_an_error(
    vendor: Any, collected: Collected, refusal: httpx2.Response
) -> None:
    vendor.says(PATH, refusal)
    with pytest.raises(RefusedError, match="HTTP 400: group_by=api_key_id"):
        collected(SOURCE, WINDOW)
    assert len(vendor.asked) == 1


def test_any_other_refusal_is_an_error(vendor: Any, collected: Collected) -> None:
    vendor.says(PATH, httpx2.Response(400, json={"error": {"message": "Invalid limit provided: 366."}}))
    with pytest.raises(RefusedError, match="Invalid limit provided: 366"):
        collected(SOURCE, Window(KEYS_SINCE - DAY, KEYS_SINCE))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"object": "organization.costs.result"}, "has no amount"),
        (cost() | {"amount": {"value": "1"}}, "the field currency is missing"),
        (cost(None), "value is None"),
        (cost("a lot"), "value is 'a lot'"),
        ({"object": "organization.usage.completions.result"}, "is the object 'organization.usage.completions.result'"),
    ],
)
def test_a_line_without_a_price_is_an_error(vendor: Any, collected: Collected, row: Any, problem: str) -> None:
    vendor.says(PATH, page(bucket(START, row)))
    with pytest.raises(DataError, match=f"openai_costs /organization/costs: .*{problem}"):
        collected(SOURCE, WINDOW)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("gpt-5.6, input", ("gpt-5.6", "uncached_input_tokens", None)),
        ("gpt-5.6, cached input", ("gpt-5.6", "cache_read_input_tokens", None)),
        ("gpt-5.6, output, batch", ("gpt-5.6", "output_tokens", "batch")),
        ("ft:gpt-4.1:acme::1, output", ("ft:gpt-4.1:acme::1", "output_tokens", None)),
        ("gpt-image-1.5, images", ("gpt-image-1.5", None, None)),
        ("web search tool calls", (None, None, None)),
        ("code interpreter, sessions", (None, None, None)),
        ("gpt-5.6", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_a_line_item_is_read_only_where_it_names_a_model(item: str | None, told: tuple[str | None, ...]) -> None:
    assert parse_line_item(item) == told


def test_the_check_is_one_call(vendor: Any, api_of: Callable[..., Api]) -> None:
    vendor.says(PATH, page())
    SOURCE.check(api_of(SOURCE))
    assert len(vendor.asked) == 1
