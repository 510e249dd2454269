"""What FOCUS demands of every row of Cost and Usage, as far as one row can show it. Pure.

Source: FOCUS specification 1.2, column definitions; the wording is Burnline's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

NOT_NULL = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
)
ALLOWED = {
    "ChargeCategory": {"Usage", "Purchase", "Tax", "Credit", "Adjustment"},
    "ChargeClass": {"Correction"},
    "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"},
    "CommitmentDiscountCategory": {"Spend", "Usage"},
    "CommitmentDiscountStatus": {"Used", "Unused"},
    "PricingCategory": {"Standard", "Dynamic", "Committed", "Other"},
}
SPANS = (("BillingPeriodStart", "BillingPeriodEnd"), ("ChargePeriodStart", "ChargePeriodEnd"))
JSON_OBJECTS = ("Tags", "SkuPriceDetails", "AllocatedTags")
CURRENCIES = ("BillingCurrency", "PricingCurrency")
CURRENCY = re.compile(r"[A-Z][A-Z0-9_]{2,19}")


def broken(row: Mapping[str, str]) -> Iterator[str]:
    """The rules that a row of texts breaks; "" is null, and a column that is not there is not looked at."""
    yield from (f"{name} must not be null" for name in NOT_NULL if row.get(name) == "")
    for name, words in ALLOWED.items():
        if row.get(name) and row[name] not in words:
            yield f"{name} must be one of {', '.join(sorted(words))}"
    for start, end in SPANS:
        if row.get(start) and row.get(end) and not _moment(row[start]) < _moment(row[end]):
            yield f"{end} must be after {start}"
    yield from (
        f"{name} must be an upper-case currency code"
        for name in CURRENCIES
        if row.get(name) and not CURRENCY.fullmatch(row[name])
    )
    yield from (f"{name} must be a JSON object" for name in JSON_OBJECTS if row.get(name) and not _is_object(row[name]))
    if row.get("x_EstimatedCost") and _decimal(row.get("BilledCost", "")):
        yield "an estimate must not be in BilledCost"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
