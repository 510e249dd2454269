"""A provider key that three features share behind a gateway, and what each bears of it, computed in fractions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from config.loader import FeatureEntry, Reference
from domain.attribution import OPEN_FROM, OPEN_TO, Dimensions, Rule
from store.books import Books
from store.engine import Store
from store.load import Loaded
from store.price_book import PriceBook
from store.reference import sync_reference
from store.schema import table
from store.tables import Charge, InferenceRequest, Price, TokenUsage
from tests.support.facts import DAY, charge, days, load, request, usage

GATEWAY = "gateway"
KEY = "proj-shared"
OWN = "platform"
FEATURES = ("chat", "search", OWN)
PRICES = {"m-large": (Decimal(3), Decimal(15)), "m-small": (Decimal("0.25"), Decimal("1.25"))}
"""Model → USD per million tokens of input and of output."""

SHARED = Rule("shared key", {"project_id": KEY}, {}, OWN, "prod", "CC-1", split_by=GATEWAY)
OF_LOG = tuple(
    Rule(f"{feature} requests", {"service": "requests"}, {"feature": feature}, feature, "prod")
    for feature in ("chat", "search")
)
RULES = (*OF_LOG, SHARED)

BOOK = PriceBook(
    Price(
        provider="openai",
        model=model,
        service_tier="standard",
        unit=unit,
        price_per_million=price,
        currency="USD",
        valid_from=OPEN_FROM,
        valid_to=OPEN_TO,
        version="override",
    )
    for model, prices in PRICES.items()
    for unit, price in zip(("uncached_input_tokens", "output_tokens"), prices, strict=True)
)


def reference(*rules: Rule) -> Reference:
    """The three features and these rules, as the operator's files say them."""
    features = tuple(FeatureEntry(key=f, name=f.title(), team=f"Team {f}", owner="") for f in FEATURES)
    return Reference(features=features, rules=rules, declared=frozenset({"features.toml", "attribution.toml"}))


def declare(store: Store, *rules: Rule) -> None:
    """Writes features and rules into the store, as a start does."""
    sync_reference(store, reference(*rules))


def keyed(row: Any) -> Any:
    """The row with the attribution key of what it says, as a collector makes it."""
    names = {name: name for name in Dimensions.__dataclass_fields__}
    if isinstance(row, Charge):
        names |= {"account_id": "billing_account_id", "project_id": "sub_account_id", "service": "service_name"}
    key = Dimensions(**{name: getattr(row, column, None) for name, column in names.items()}).key()
    return replace(row, attribution_key=key)


def asked(day: int, hour: int, feature: str | None, tokens: int | None, model: str = "m-large", **more: Any) -> Any:
    """One request in the gateway's log: `tokens` of input, a tenth of output; the log knows no account and no key."""
    values = {
        "source": GATEWAY,
        "model": model,
        "input_tokens": tokens,
        "output_tokens": None if tokens is None else tokens // 10,
        "tags": None if feature is None else f'{{"feature":"{feature}"}}',
    }
    return keyed(request(day, hour * 3600 + 7, **values | more))


def reported(day: int, hour: int, tokens: int, model: str = "m-large", **more: Any) -> Any:
    """One hour of the shared key as the provider reports it, at list price."""
    values: dict[str, Any] = {
        "project_id": KEY,
        "api_key_id": "key-9",
        "model": model,
        "uncached_input_tokens": tokens,
        "cache_read_input_tokens": None,
        "output_tokens": tokens // 10,
        "request_count": 1 + tokens // 1000,
    }
    row = usage(day, hour, **values | more)
    BOOK.estimate(row)
    return keyed(row)


def billed(day: int, cost: str, model: str | None = "m-large", **more: Any) -> Any:
    """One charge of the shared key for one day."""
    return keyed(charge(day, cost, model=model, **{"sub_account_id": KEY} | more))


def take(store: Store, rows: Sequence[Any], last: int = 2, rules: Sequence[Rule] = RULES) -> Loaded:
    """Loads rows of one source for the November days before `last`."""
    source = rows[0].source
    return load(store, rows, days(1, last), row=type(rows[0]), source=source, books=Books(BOOK, rules))


def per_feature(store: Store, row: type, column: str) -> dict[str, Decimal]:
    """What each feature has of a column of an attributed table; without those whose value nobody knows."""
    c = table(row).c
    found: dict[str, Decimal] = defaultdict(Decimal)
    with store.read() as connection:
        for feature, value in connection.execute(sa.select(c.feature, c[column]).where(c[column].is_not(None))):
            found[feature] += Decimal(value)
    return dict(found)


def expected_shares(
    log: Iterable[InferenceRequest], used: Iterable[TokenUsage], model: str | None
) -> dict[tuple[date, str], Fraction]:
    """Day and feature → share of the key's bill for a model (None: for all), from priced rows, as the rule reads."""
    hour_cost: dict[datetime, Fraction] = defaultdict(Fraction)
    for row in used:
        if model in (None, row.model):
            hour_cost[row.started_at] += _price(row.model, row.uncached_input_tokens, row.output_tokens)
    seen: dict[datetime, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for one in log:
        if model in (None, one.model):
            hour = one.started_at.replace(minute=0, second=0, microsecond=0)
            owner = next((f for f in FEATURES if one.tags and f in one.tags), OWN)
            seen[hour][owner] += _price(one.model, one.input_tokens, one.output_tokens)
    shares: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
    for hour, cost in hour_cost.items():
        day = [c for h, c in hour_cost.items() if h.date() == hour.date()]
        of_day = cost / sum(day)
        parts = seen.get(hour) or {OWN: Fraction(1)}
        for owner, weight in parts.items():
            shares[hour.date(), owner] += of_day * weight / sum(parts.values())
    return dict(shares)


def _price(model: str | None, input_tokens: int | None, output_tokens: int | None) -> Fraction:
    into, out = PRICES[model or ""]
    return (Fraction(into) * (input_tokens or 0) + Fraction(out) * (output_tokens or 0)) / 10**6


def november(day: int) -> date:
    """A day of the month that all rows are of."""
    return (DAY + timedelta(days=day - 1)).date()
