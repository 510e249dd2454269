"""A model was used and has no price, so its usage is in no estimate. One alert per provider and model."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Rule, Situation
from alerts.wording import day
from domain.price import STANDARD
from domain.price_lines import price_lines
from domain.provider import provider_name
from domain.wording import listed

UNPRICED = "cost/unpriced_usage"
USED = "cost/prices_then_and_now"

RECENT_DAYS = 7
"""Whole days in which usage without a price is worth an alert; a model that nobody used in them needs no price."""
SINCE_DAYS = 90
"""How far back the first day without a price is looked for."""


def _since(situation: Situation) -> dict[str, Any]:
    return {
        "start": situation.today - timedelta(days=SINCE_DAYS),
        "end": situation.today,
        "recent_since": situation.today - timedelta(days=RECENT_DAYS),
    }


def _used(situation: Situation) -> dict[str, Any]:
    return {
        "start": situation.today - timedelta(days=SINCE_DAYS),
        "end": situation.today,
        "as_of": situation.today,
    }


def find(rows: Mapping[str, Sequence[Row]], _: Situation) -> list[Finding]:
    """One finding per model of a provider: firing while a unit it used lately has no price, else over."""
    lacking = sorted((row for row in rows[UNPRICED] if _is_worth_an_alert(row)), key=_model)
    firing = {model: _firing(model, list(of_model)) for model, of_model in groupby(lacking, key=_model)}
    others = {(row["provider"], row["model"]) for row in rows[USED] if row["model"] is not None} - firing.keys()
    return [*firing.values(), *(_over(model) for model in sorted(others))]


def _model(row: Row) -> tuple[str, str]:
    return row["provider"], row["model"]


def _is_worth_an_alert(row: Row) -> bool:
    """Tools without a model are listed on the page; what has a price and no estimate is loaded again by itself."""
    return row["model"] is not None and row["unit"] is not None and bool(row["recent_amount"])


def _firing(model: tuple[str, str], rows: Sequence[Row]) -> Finding:
    by_tier: dict[str, list[Row]] = {}
    for row in rows:
        by_tier.setdefault(row["service_tier"], []).append(row)
    first, last = min(row["first_day"] for row in rows), max(row["last_day"] for row in rows)
    lines = [price_lines(*model, tier, sorted({row["unit"] for row in of_tier})) for tier, of_tier in by_tier.items()]
    amounts = _amounts(rows)
    tiers = listed([f"the tier {tier}" for tier in by_tier])
    where = "" if STANDARD in by_tier else f" on {tiers}"
    provider, name = model
    return Finding(
        fingerprint=_fingerprint(model),
        severity="ticket",
        level=1,
        title=f"{name} of {provider_name(provider)} has no price{where}",
        summary=(
            f"{amounts} of {name} on {tiers} were used in the last {RECENT_DAYS} days without a price, since "
            f"{day(first)}: they are in no estimate. Add their price in USD per million to prices.toml."
        ),
        facts={
            "provider": provider,
            "model": name,
            "first_day": first,
            "last_day": last,
            "lines": "\n\n".join(lines),
        },
        fields=(
            ("Used without a price", amounts),
            ("First day", day(first)),
            *(("Add to prices.toml", each) for each in lines[:2]),
        ),
        page_path=pages.prices(provider),
        scope={"provider": provider, "model": name},
    )


def _over(model: tuple[str, str]) -> Finding:
    provider, name = model
    return Finding(
        fingerprint=_fingerprint(model),
        state="over",
        severity="ticket",
        level=1,
        title=f"{name} of {provider_name(provider)} has a price",
        summary=f"All usage of {name} of {provider_name(provider)} in the last {RECENT_DAYS} days has a price.",
        facts={"provider": provider, "model": name},
        scope={"provider": provider, "model": name},
    )


def _amounts(rows: Sequence[Row]) -> str:
    """`1,200,000 tokens and 12 images`, of the last days."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        noun = "tokens" if row["unit"].endswith("_tokens") else row["unit"].replace("_", " ")
        sums[noun] = sums.get(noun, Decimal(0)) + (row["recent_amount"] or Decimal(0))
    return listed([f"{amount:,.0f} {noun}" for noun, amount in sums.items()])


def _fingerprint(model: tuple[str, str]) -> str:
    return f"unpriced:{model[0]}:{model[1]}"


RULE = Rule("unpriced_model", every="1h", queries={UNPRICED: _since, USED: _used}, find=find, kind="cost")
