"""The GPU host's bill as it delivers it: a FOCUS file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.catalog import COMPANY_NAME
from sandbox.exchange import EUR
from sandbox.hosting import HOST, HOST_ACCOUNT, HostCharge
from sandbox.timeline import month_start

FOCUS_COLUMNS = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
)
"""FOCUS 1.1, which is what small hosts write."""


def focus_rows(charges: list[HostCharge]) -> Iterator[tuple[str, ...]]:
    """The charges under FOCUS_COLUMNS."""
    for charge in charges:
        yield tuple(_focus_row(charge)[name] for name in FOCUS_COLUMNS)


def _focus_row(charge: HostCharge) -> dict[str, str]:
    sku, cost, price = charge.sku, str(charge.cost), str(charge.sku.unit_price)
    return {
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), cost),
        **dict.fromkeys(("ListUnitPrice", "ContractedUnitPrice"), price),
        **dict.fromkeys(("ConsumedQuantity", "PricingQuantity"), str(charge.quantity)),
        **dict.fromkeys(("ConsumedUnit", "PricingUnit"), sku.unit),
        **dict.fromkeys(("ProviderName", "PublisherName", "InvoiceIssuerName"), HOST),
        **dict.fromkeys(("SubAccountId", "SubAccountName"), sku.project),
        "BillingAccountId": HOST_ACCOUNT,
        "BillingAccountName": COMPANY_NAME,
        "BillingCurrency": EUR,
        "BillingPeriodStart": _midnight(month_start(charge.day, 0)),
        "BillingPeriodEnd": _midnight(month_start(charge.day, 1)),
        "ChargeCategory": "Usage",
        "ChargeClass": "",
        "ChargeDescription": sku.description,
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": _midnight(charge.day),
        "ChargePeriodEnd": _midnight(charge.day + timedelta(days=1)),
        "PricingCategory": "Standard",
        "RegionId": "eu-bw1",
        "RegionName": "Birkwald",
        "ServiceCategory": sku.category,
        "ServiceName": sku.service,
        "ServiceSubcategory": sku.subcategory,
        "SkuId": sku.key,
        "SkuPriceId": f"{sku.key}-eur",
    }


def _midnight(day: date) -> str:
    return f"{day}T00:00:00Z"
