"""Writes charges as a FOCUS file, row by row, to the last digit."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO

import sqlalchemy as sa

from domain.window import Window
from store.engine import Store
from store.schema import table
from store.tables import Charge

VERSION = "1.2"
"""What most readers of FOCUS files accept today; 1.4 has no final text."""

COLUMNS = {
    "AvailabilityZone": "availability_zone",
    "BilledCost": "billed_cost",
    "BillingAccountId": "billing_account_id",
    "BillingAccountName": "billing_account_name",
    "BillingAccountType": "billing_account_type",
    "BillingCurrency": "billing_currency",
    "BillingPeriodEnd": "billing_period_end",
    "BillingPeriodStart": "billing_period_start",
    "CapacityReservationId": "capacity_reservation_id",
    "CapacityReservationStatus": "capacity_reservation_status",
    "ChargeCategory": "charge_category",
    "ChargeClass": "charge_class",
    "ChargeDescription": "charge_description",
    "ChargeFrequency": "charge_frequency",
    "ChargePeriodEnd": "charge_period_end",
    "ChargePeriodStart": "charge_period_start",
    "CommitmentDiscountCategory": "commitment_discount_category",
    "CommitmentDiscountId": "commitment_discount_id",
    "CommitmentDiscountName": "commitment_discount_name",
    "CommitmentDiscountQuantity": "commitment_discount_quantity",
    "CommitmentDiscountStatus": "commitment_discount_status",
    "CommitmentDiscountType": "commitment_discount_type",
    "CommitmentDiscountUnit": "commitment_discount_unit",
    "ConsumedQuantity": "consumed_quantity",
    "ConsumedUnit": "consumed_unit",
    "ContractedCost": "contracted_cost",
    "ContractedUnitPrice": "contracted_unit_price",
    "EffectiveCost": "effective_cost",
    "InvoiceId": "invoice_id",
    "InvoiceIssuerName": "invoice_issuer_name",
    "ListCost": "list_cost",
    "ListUnitPrice": "list_unit_price",
    "PricingCategory": "pricing_category",
    "PricingCurrency": "pricing_currency",
    "PricingCurrencyContractedUnitPrice": "pricing_currency_contracted_unit_price",
    "PricingCurrencyEffectiveCost": "pricing_currency_effective_cost",
    "PricingCurrencyListUnitPrice": "pricing_currency_list_unit_price",
    "PricingQuantity": "pricing_quantity",
    "PricingUnit": "pricing_unit",
    "ProviderName": "service_provider_name",
    "PublisherName": "publisher_name",
    "RegionId": "region_id",
    "RegionName": "region_name",
    "ResourceId": "resource_id",
    "ResourceName": "resource_name",
    "ResourceType": "resource_type",
    "ServiceCategory": "service_category",
    "ServiceName": "service_name",
    "ServiceSubcategory": "service_subcategory",
    "SkuId": "sku_id",
    "SkuMeter": "sku_meter",
    "SkuPriceDetails": "sku_price_details",
    "SkuPriceId": "sku_price_id",
    "SubAccountId": "sub_account_id",
    "SubAccountName": "sub_account_name",
    "SubAccountType": "sub_account_type",
    "Tags": "tags",
    "x_ApiKeyId": "api_key_id",
    "x_FocusVersion": "focus_version",
    "x_Model": "model",
    "x_PriceBasis": "price_basis",
    "x_ServiceTier": "service_tier",
    "x_Source": "source",
    "x_TokenType": "token_type",
}
"""FOCUS 1.2 column → column of `charge`; own columns carry the x_ prefix that the specification asks for."""

PAGE_ROWS = 10_000


def export_focus(store: Store, file: TextIO, window: Window | None) -> int:
    """Writes the charges whose charge period begins in `window` (all without one) as CSV; the number of rows."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    row_count = 0
    for row in _charges(store, window):
        writer.writerow([_text(value) for value in row])
        row_count += 1
    return row_count


def _charges(store: Store, window: Window | None) -> Iterator[Sequence[Any]]:
    charges = table(Charge).c
    query = sa.select(*(charges[name] for name in COLUMNS.values())).order_by(
        charges.charge_period_start, charges.billing_account_id, charges.sku_price_id, charges.billed_cost
    )
    if window:
        query = query.where(
            charges.charge_period_start >= window.start.replace(tzinfo=None),
            charges.charge_period_start < window.end.replace(tzinfo=None),
        )
    with store.read() as connection:
        yield from connection.execution_options(yield_per=PAGE_ROWS).execute(query)


def _text(value: Any) -> str:
    """Empty for NULL, ISO 8601 UTC for times, plain digits without trailing zeros for money."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(value: Decimal) -> str:
    """All digits that count, never in E notation: 1.500000000000 → 1.5, 0E-12 → 0."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text
