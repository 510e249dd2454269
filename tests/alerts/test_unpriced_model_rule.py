"""The rule of models without a price, as a pure function and over a store: opened, explained, resolved."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alerts import check
from alerts.base import Finding, Situation
from alerts.discovery import rules
from alerts.rules.unpriced_model import RULE, UNPRICED, USED
from config.loader import PriceEntry, Reference
from config.settings import Settings
from store.books import open_books
from store.engine import Store
from store.reference import sync_reference
from store.tables import TokenUsage
from tests.alerts.support import NOW
from tests.support.engines import own_engines
from tests.support.facts import days, load, usage

ONLY_THIS = {"unpriced_model": rules()["unpriced_model"]}
TOKENS = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens")


def row(**changes: Any) -> dict[str, Any]:
    values = {
        "provider": "openai",
        "model": "in-house",
        "service": "completions",
        "service_tier": "standard",
        "unit": "output_tokens",
        "amount": Decimal(5_000_000),
        "recent_amount": Decimal(1_200_000),
        "day_count": 40,
        "first_day": date(2026, 9, 3),
        "last_day": date(2026, 11, 21),
    }
    return values | changes


def found(*rows: dict[str, Any], used: tuple[str, ...] = ("in-house",)) -> list[Finding]:
    known = [{"provider": "openai", "model": model} for model in used]
    return RULE.find({UNPRICED: list(rows), USED: known}, Situation(NOW, Settings()))


def test_the_alert_says_how_much_since_when_and_what_to_write() -> None:
    (finding,) = found(
        row(),
        row(unit="uncached_input_tokens", recent_amount=Decimal(800_000)),
        row(unit="images", recent_amount=Decimal(12), service_tier="flex"),
    )
    assert (finding.state, finding.severity, finding.fingerprint) == ("firing", "ticket", "unpriced:openai:in-house")
    assert finding.title == "in-house of OpenAI has no price"
    assert finding.summary == (
        "2,000,000 tokens and 12 images of in-house on the tier standard and the tier flex were used in the last 7 "
        "days without a price, since 3 Sep 2026: they are in no estimate. Add their price in USD per million to "
        "prices.toml."
    )
    first, second = tomllib.loads(str(finding.facts["lines"]))["price"]
    assert (first["model"], first["service_tier"]) == ("in-house", "standard")
    assert set(first["per_million"]) == {"output_tokens", "uncached_input_tokens"}
    assert set(second["per_million"]) == {"images"}
    told = [value for label, value in finding.fields if label == "Add to prices.toml"]
    assert "\n\n".join(told) == finding.facts["lines"]
    assert finding.page_path == "unit-economics?show=prices&provider=openai"


def test_a_model_that_lacks_the_price_of_one_tier_only_is_told_so() -> None:
    (finding,) = found(row(service_tier="priority"))
    assert finding.title == "in-house of OpenAI has no price on the tier priority"


@pytest.mark.parametrize(
    "changes",
    [{"recent_amount": None}, {"unit": None}, {"model": None, "service": "vector_stores", "unit": "byte_hours"}],
    ids=str,
)
def test_what_was_not_used_lately_or_is_no_model_does_not_fire(changes: dict[str, Any]) -> None:
    assert [finding.state for finding in found(row(**changes))] == ["over"]


def test_each_model_of_each_provider_is_one_alert() -> None:
    findings = found(row(), row(model="other"), row(provider="azure"), used=("in-house", "other", "gpt-4o"))
    assert [(f.fingerprint, f.state) for f in findings] == [
        ("unpriced:azure:in-house", "firing"),
        ("unpriced:openai:in-house", "firing"),
        ("unpriced:openai:other", "firing"),
        ("unpriced:openai:gpt-4o", "over"),
    ]


def loaded(store: Store, *rows: TokenUsage) -> None:
    books = open_books(store, Reference())
    for one in rows:
        books.prices.estimate(one)
    load(store, rows, days(1, 23), row=TokenUsage, source="openai_usage", books=books)


def told(store: Store, now: Any = NOW) -> list[tuple[str, str]]:
    report = check(store, Settings(), now, rules=ONLY_THIS)
    assert report.failed == {}
    return [(one.transition, one.title) for one in report.told]


def in_house(**changes: Any) -> PriceEntry:
    entry = PriceEntry(provider="openai", model="in-house", unit=TOKENS[0], price_per_million=Decimal(1))
    return entry.model_copy(update=changes)


def test_it_opens_with_usage_and_ends_with_a_price(store: Store) -> None:
    loaded(store, usage(20, model="in-house"), usage(20), usage(22, model="only-today"))
    assert told(store) == [("opened", "in-house of OpenAI has no price")]
    assert told(store) == []
    partly = Reference(prices=(in_house(), in_house(unit=TOKENS[1])), declared=frozenset({"prices.toml"}))
    sync_reference(store, partly)
    assert [transition for transition, _ in told(store)] in ([], ["refreshed"])
    whole = replace(partly, prices=(*partly.prices, in_house(unit=TOKENS[2])))
    sync_reference(store, whole)
    (ended,) = check(store, Settings(), NOW, rules=ONLY_THIS).told
    assert (ended.transition, ended.summary) == (
        "resolved",
        "All usage of in-house of OpenAI in the last 7 days has a price.",
    )


@own_engines
def test_it_ends_when_the_model_is_not_used_any_more(store: Store) -> None:
    loaded(store, usage(20, model="in-house"))
    assert told(store) == [("opened", "in-house of OpenAI has no price")]
    (ended,) = told(store, NOW + timedelta(days=6))
    assert ended[0] == "resolved"
