"""The bill of a provider does not agree with the usage it reports. One alert per provider."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Rule, Situation
from alerts.wording import percent
from domain.provider import provider_name
from domain.reconciled_sum import Sum, summed
from domain.reconciliation import Cell, reconcile
from domain.wording import listed, money, signed_money

QUERY = "cost/reconciliation_cells"
CURRENCY = "USD"
"""Usage is estimated at list price in USD; a bill in another currency cannot be compared with it."""

DAYS = 28
"""Long enough that days which two reports cut differently, and a late day, do not decide."""
LATE_DAYS = 3
"""Bill and usage of the newest days arrive at different hours; until both are there every gap is theirs."""
NAMED_PARTS = 3

WORDS = {
    "tax_and_credits": "tax and credits",
    "other_units": "units without a list price",
    "no_usage": "billed without reported usage",
    "not_billed": "used and not billed",
    "unpriced": "models without a list price",
    "quantity": "more or fewer tokens billed than reported",
    "cache": "cached input at another price",
    "tier": "tiers at another price",
    "price": "another price than the list's",
    "day_cut": "days cut differently",
}


def _params(situation: Situation) -> dict[str, Any]:
    end = situation.today - timedelta(days=LATE_DAYS)
    return {
        "start": end - timedelta(days=DAYS),
        "end": end,
        "currency": CURRENCY,
        "provider": [],
        "model": [],
    }


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per provider that bills usage: firing while less of it agrees than the setting asks for.

    Where no usage at all is reported and priced, or nothing billed, there is nothing to compare: pending.
    """
    slices = reconcile(Cell(**row) for row in rows[QUERY])
    sums = summed(slices, lambda one: one.provider)
    wanted = Decimal(situation.settings.alerts.reconciled_percent) / 100
    return [
        _finding(provider, whole, wanted) if whole.reconcilable and whole.estimate else _unknown(provider)
        for provider, whole in sorted(sums.items())
    ]


def _unknown(provider: str) -> Finding:
    """An open alert stays, and none opens."""
    title = f"The bill of {provider_name(provider)} cannot be compared with its usage"
    return Finding(
        fingerprint=_fingerprint(provider),
        state="pending",
        severity="ticket",
        level=1,
        title=title,
        summary=f"{title}: one of the two is missing in the last {DAYS} days.",
        facts={"provider": provider},
        scope={"provider": provider},
    )


def _finding(provider: str, whole: Sum, wanted: Decimal) -> Finding:
    ratio = whole.agreed / whole.reconcilable
    open_cost = whole.reconcilable - whole.agreed
    parts = sorted(((n, a) for n, a in whole.parts.items() if n != "day_cut"), key=lambda part: -abs(part[1]))
    causes = [f"{WORDS[name]} ({signed_money(amount, CURRENCY)})" for name, amount in parts[:NAMED_PARTS]]
    return Finding(
        fingerprint=_fingerprint(provider),
        state="firing" if ratio < wanted else "over",
        severity="ticket",
        level=1 + int((1 - ratio) * 10),
        title=f"{percent(ratio)} of the bill of {provider_name(provider)} agrees with its usage",
        summary=(
            f"Of {money(whole.reconcilable, CURRENCY)} that {provider_name(provider)} billed for usage in {DAYS} days, "
            f"{money(open_cost, CURRENCY)} is not what the reported usage costs at list price; "
            f"{percent(wanted)} should agree."
        ),
        facts={"provider": provider, "bill": whole.bill, "estimate": whole.estimate, "agreed": whole.agreed},
        fields=(
            ("Bill", money(whole.bill, CURRENCY)),
            ("Usage at list price", money(whole.estimate, CURRENCY)),
            ("Does not agree", money(open_cost, CURRENCY)),
        ),
        page_path=pages.reconciliation(provider),
        impact_cost=open_cost,
        currency=CURRENCY,
        impact_ratio=open_cost / whole.reconcilable,
        impact_of="what was billed for usage",
        scope={"provider": provider},
        why=(f"The largest differences: {listed(causes)}.",) if causes else (),
    )


def _fingerprint(provider: str) -> str:
    return f"reconciliation:{provider}"


RULE = Rule("reconciliation_gap", every="6h", queries={QUERY: _params}, find=find, kind="cost")
