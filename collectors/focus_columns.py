"""FOCUS column names by version, normalised to 1.4 in snake_case.

Source: FOCUS specification 1.2 (columns, types, feature levels), requirements model 1.3 and the 1.4 draft.
"""

import re
from collections.abc import Collection

from collectors.errors import DataError

DECIMALS = frozenset(
    {
        "billed_cost",
        "effective_cost",
        "list_cost",
        "contracted_cost",
        "list_unit_price",
        "contracted_unit_price",
        "pricing_quantity",
        "consumed_quantity",
        "commitment_discount_quantity",
        "pricing_currency_contracted_unit_price",
        "pricing_currency_effective_cost",
        "pricing_currency_list_unit_price",
    }
)
COSTS = frozenset(name for name in DECIMALS if name.endswith("_cost"))
"""What is added up: rounded amounts would not add up to the bill. Quantities and unit prices may be rounded; the
FOCUS sample has quantities of 15 decimals."""

JSON_TEXTS = frozenset({"allocated_tags", "contract_applied", "sku_price_details", "tags"})
TIMES = frozenset({"billing_period_start", "billing_period_end", "charge_period_start", "charge_period_end"})

REQUIRED_VALUES = (
    "billed_cost",
    "effective_cost",
    "billing_account_id",
    "billing_currency",
    "billing_period_start",
    "billing_period_end",
    "charge_period_start",
    "charge_period_end",
    "charge_category",
    "invoice_issuer_name",
    "service_provider_name",
    "service_category",
    "service_name",
)
"""A row without one of these is quarantined. FOCUS wants ListCost and ContractedCost too, but vendors leave them out
(Oracle's rows of the FOCUS sample have no ContractedCost): NULL says so, and the bill stays whole."""

REQUIRED_COLUMNS = (
    *REQUIRED_VALUES,
    "list_cost",
    "contracted_cost",
    "billing_account_name",
    "charge_class",
    "charge_description",
    "pricing_quantity",
    "pricing_unit",
)
"""Mandatory in every version, though the last seven may be null here; a file without one is refused."""

CHARGE_CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")

_RENAMED = {
    "provider_name": "service_provider_name",  # 1.3 renamed it, 1.4 removed the old one
    "x_model": "model",
    "x_api_key_id": "api_key_id",
    "x_token_type": "token_type",
    "x_service_tier": "service_tier",
    "x_price_basis": "price_basis",
    "x_focus_version": "focus_version",  # Burnline's own export tells what the vendor's file was
}


def snake_case(name: str) -> str:
    """`SubAccountId` → `sub_account_id`, `x_ApiKeyId` → `x_api_key_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def guess_version(header: Collection[str]) -> str:
    """The lowest version that could have this header; conditional columns may be absent, so it is a lower bound."""
    names = set(header)
    if "ServiceProviderName" in names:
        return "1.3" if "ProviderName" in names else "1.4"
    if names & {"PricingCurrency", "SubAccountType", "InvoiceId"}:
        return "1.2"
    if names & {"SkuMeter", "CapacityReservationId"}:
        return "1.1"
    return "1.0"


def column_map(header: Collection[str], file_name: str) -> dict[str, str]:
    """Normalised column → column of the file. Raises DataError when a mandatory one is missing."""
    found: dict[str, str] = {}
    for name in header:
        plain = snake_case(name)
        target = _RENAMED.get(plain, plain)
        if target not in found or plain == target:  # the 1.4 name wins over the one it replaced
            found[target] = name
    missing = [name for name in REQUIRED_COLUMNS if name not in found]
    if len(missing) > len(REQUIRED_COLUMNS) // 2:
        raise DataError(
            f"{file_name} is not a FOCUS file: its first line has none of the usual columns "
            "(BilledCost, BillingAccountId, …); export it as FOCUS 1.0 or later."
        )
    if missing:
        raise DataError(
            f"{file_name} lacks the mandatory FOCUS column {pascal_case(missing[0])}"
            + (f" and {len(missing) - 1} more ({', '.join(map(pascal_case, missing[1:]))})" if missing[1:] else "")
            + "; nothing of it was loaded. Add the column to the export and import it again."
        )
    return found


def pascal_case(name: str) -> str:
    """`sub_account_id` → `SubAccountId`; the pair of 1.2 and 1.3 is named as most files spell it."""
    if name == "service_provider_name":
        return "ProviderName (or ServiceProviderName)"
    return "".join(part.capitalize() for part in name.split("_"))
