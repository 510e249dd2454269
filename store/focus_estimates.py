"""Reported usage that no bill has, as FOCUS rows whose cost is an estimate and never in BilledCost."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.price import MILLION
from domain.window import Window
from store.engine import Store
from store.price_book import PriceBook, open_book
from store.schema import table
from store.tables import CostDay, UsageDay

ESTIMATED = ("x_EstimatedCost", "x_PriceVersion")
"""Columns that only estimates fill."""

FILLED = frozenset(
    {"ChargeFrequency", "ConsumedQuantity", "ConsumedUnit", "ServiceSubcategory", "SkuMeter", "SubAccountId"}
)
"""Columns that a file with estimates has, even when no charge has a value for them."""

CURRENCY = "USD"
"""List prices are in USD."""

METERS = {
    "uncached_input_tokens": "Input Tokens",
    "cache_read_input_tokens": "Cached Input Tokens",
    "cache_write_input_tokens": "Cache Write Tokens",
    "output_tokens": "Output Tokens",
}
"""Kind of token of `usage_day` → SKU meter."""

_GRAIN = ("day", "provider", "account_id", "project_id", "api_key_id", "service", "model", "service_tier", "source")


def estimates(store: Store, window: Window | None) -> Iterator[dict[str, Any]]:
    """One row per day × usage without a bill × kind of token; the estimate is None without a price.

    A day of a provider and model is billed as soon as it has one charge; then the bill speaks, not the estimate.
    """
    with store.read() as connection:
        book = open_book(connection)
        for usage in connection.execute(_unbilled(window)).mappings():
            for kind, meter in METERS.items():
                if usage[kind]:
                    yield _row(usage, kind, meter, book)


def _unbilled(window: Window | None) -> sa.Select[Any]:
    used, billed = table(UsageDay), table(CostDay)
    has_bill = sa.exists().where(
        billed.c.day == used.c.day, billed.c.provider == used.c.provider, billed.c.model == used.c.model
    )
    grain = [used.c[name] for name in _GRAIN]
    sums = [sa.cast(sa.func.sum(used.c[kind]), sa.BigInteger).label(kind) for kind in METERS]
    query = sa.select(*grain, *sums).where(~has_bill).group_by(*grain).order_by(*grain)
    if window:
        query = query.where(used.c.day >= window.start.date(), used.c.day < window.end.date())
    return query


def _row(usage: Any, kind: str, meter: str, book: PriceBook) -> dict[str, Any]:
    day: date = usage["day"]
    after = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    price, version = _price(usage, kind, book)
    zero = Decimal(0)
    return {
        "BilledCost": zero,
        "EffectiveCost": zero,
        "ListCost": zero,
        "ContractedCost": zero,
        "BillingAccountId": usage["account_id"],
        "BillingCurrency": CURRENCY,
        "BillingPeriodStart": day.replace(day=1),
        "BillingPeriodEnd": after,
        "ChargeCategory": "Usage",
        "ChargeDescription": f"{usage['model'] or usage['service']}, {meter.lower()}: no bill, at list price",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": day,
        "ChargePeriodEnd": day + timedelta(days=1),
        "ConsumedQuantity": usage[kind],
        "ConsumedUnit": "Tokens",
        "InvoiceIssuerName": usage["provider"],
        "PricingCurrency": CURRENCY,
        "PricingCurrencyEffectiveCost": zero,
        "ProviderName": usage["provider"],
        "PublisherName": usage["provider"],
        "ServiceProviderName": usage["provider"],
        "ServiceCategory": "AI and Machine Learning",
        "ServiceSubcategory": "Generative AI",
        "ServiceName": usage["service"],
        "SkuMeter": meter,
        "SubAccountId": usage["project_id"],
        "x_ApiKeyId": usage["api_key_id"],
        "x_Model": usage["model"],
        "x_PriceBasis": "estimate",
        "x_ServiceTier": usage["service_tier"],
        "x_Source": usage["source"],
        "x_TokenType": kind,
        "x_EstimatedCost": None if price is None else usage[kind] * price / MILLION,
        "x_PriceVersion": version,
    }


def _price(usage: Any, kind: str, book: PriceBook) -> tuple[Decimal | None, str | None]:
    if usage["model"] is None:
        return None, None
    for prices in book.lists(usage["provider"], usage["model"], usage["service_tier"]):
        if prices.valid_from <= usage["day"] < prices.valid_to:
            price = prices.per_million.get(kind)
            return price, prices.version if price is not None else None
    return None, None
