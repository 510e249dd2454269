"""Charges of vendors that report what they bill and no other price."""

from dataclasses import dataclass
from decimal import Decimal

from collectors.attribution_key import attribution_key
from domain.window import Window, month_start, next_month_start
from store.tables import Charge

FOCUS_VERSION = "1.4"

METERS = {
    "uncached_input_tokens": "Input Tokens",
    "cache_read_input_tokens": "Cached Input Tokens",
    "cache_write_5m_input_tokens": "Cache Write Tokens, 5 Minutes",
    "cache_write_1h_input_tokens": "Cache Write Tokens, 1 Hour",
    "cache_write_input_tokens": "Cache Write Tokens",
    "output_tokens": "Output Tokens",
}
"""Kind of token → SKU meter; other lines are metered in their unit."""

UNITS = {
    "calls": "Calls",
    "characters": "Characters",
    "duration_seconds": "Seconds",
    "gibibyte_hours": "GiB-Hours",
    "images": "Images",
    "sessions": "Sessions",
    "tokens": "Tokens",
}
"""A vendor's unit → the unit as FOCUS writes units; others stay as they are."""


@dataclass(frozen=True, slots=True)
class Biller:
    """Who bills: the canonical provider and the words of the bill."""

    provider: str
    name: str
    service_name: str
    sub_account_type: str


@dataclass(slots=True, kw_only=True)
class BillLine:
    """What one line of a vendor's bill says, in FOCUS words."""

    cost: Decimal
    currency: str
    project_id: str | None
    api_key_id: str | None = None
    model: str | None = None
    token_type: str | None = None
    service_tier: str | None = None
    sku_id: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None


def charge(biller: Biller, source: str, account_id: str, period: Window, line: BillLine) -> Charge:
    """One usage charge. List and contracted cost are unknown, so they repeat the bill and `price_basis` says so.

    The billing period is the calendar month in UTC; the vendors do not publish their invoice cut-off.
    """
    unit = UNITS.get(line.unit, line.unit) if line.unit else None
    currency = line.currency.upper()
    return Charge(
        source=source,
        provider=biller.provider,
        billing_account_id=account_id,
        billing_account_type="Organization",
        billing_currency=currency,
        billing_period_start=month_start(period.start),
        billing_period_end=next_month_start(period.start),
        charge_period_start=period.start,
        charge_period_end=period.end,
        charge_category="Usage",
        charge_frequency="Usage-Based",
        charge_description=line.description,
        invoice_issuer_name=biller.name,
        service_provider_name=biller.name,
        service_category="AI and Machine Learning",
        service_subcategory="Generative AI",
        service_name=biller.service_name,
        billed_cost=line.cost,
        effective_cost=line.cost,
        list_cost=line.cost,
        contracted_cost=line.cost,
        price_basis="billed-only",
        pricing_currency=currency,
        pricing_currency_effective_cost=line.cost,
        publisher_name=biller.name,
        sku_id=line.sku_id,
        sku_meter=METERS.get(line.token_type or "", unit),
        sub_account_id=line.project_id,
        sub_account_type=biller.sub_account_type if line.project_id else None,
        consumed_quantity=line.quantity,
        consumed_unit=unit,
        model=line.model,
        api_key_id=line.api_key_id,
        token_type=line.token_type,
        service_tier=line.service_tier,
        focus_version=FOCUS_VERSION,
        attribution_key=attribution_key(
            biller.provider,
            account_id,
            line.project_id,
            line.api_key_id,
            None,
            line.model,
            biller.service_name,
        ),
    )
