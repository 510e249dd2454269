"""Sentences that say what the numbers mean. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app import format as fmt
from app.budgets import range_80
from app.month import Month

Row = Mapping[str, Any]


def month_headline(month: Month, currency: str) -> str:
    """Where the month will land, and whether that is in its budget."""
    name, forecast = fmt.month(month.start), month.outlook.forecast
    total = forecast.total if forecast else None
    if total is None:
        return f"{name} has too few whole days of costs for a forecast."
    lands = f"{name} is on course for {fmt.money_compact(total, currency)}"
    if month.budget is None:
        return f"{lands}; no budget is set."
    gap = Decimal(total) - month.budget
    share = f" ({fmt.percent(abs(gap) / month.budget)})" if month.budget else ""
    way = "over" if gap > 0 else "under"
    shown, budget = fmt.money_compact(abs(gap), currency), fmt.money_compact(month.budget, currency)
    return f"{lands}, {shown}{share} {way} its budget of {budget}."


def forecast_note(month: Month, currency: str) -> str:
    """How sure the forecast is, and what the simplest guess would be; empty before the third whole day."""
    rate, span = month.outlook.pace.run_rate, range_80(month.outlook, currency)
    parts = [
        None if span is None else f"80% range {span}",
        None if rate is None else f"at the run rate so far it would be {fmt.money_compact(rate, currency)}",
    ]
    told = "; ".join(filter(None, parts))
    return f"Forecast: {told}." if told and month.billed is not None else ""


def coverage(request_cost: Decimal | None, billed_cost: Decimal | None, silent: Sequence[str]) -> str:
    """How much of the spend a cost per request speaks of, and who reports no requests."""
    if not billed_cost:
        return ""
    if not request_cost:
        return "No source reports requests, so there is no cost per request."
    ratio = request_cost / billed_cost
    if ratio == 1:
        return "Cost per 1K requests covers all spend."
    who = (
        f": {fmt.listed([fmt.provider(p) for p in silent])} {'do' if len(silent) > 1 else 'does'} not report requests"
        if silent
        else ""
    )
    return f"Cost per 1K requests covers {fmt.percent(ratio)} of spend{who}."


def silent_providers(rows: Sequence[Row]) -> list[str]:
    """Providers none of whose usage has a request count. Rows of (provider, request_count)."""
    reporting = {row["provider"] for row in rows if row["request_count"] is not None}
    return sorted({row["provider"] for row in rows} - reporting)


def movers_headline(rows: Sequence[Row], currency: str) -> str:
    """Which feature moved the bill most. Rows of (item_name, complete_cost, previous_cost)."""
    now, before = (sum((r[name] for r in rows), Decimal()) for name in ("complete_cost", "previous_cost"))
    most = max(rows, key=lambda r: abs(r["complete_cost"] - r["previous_cost"]))
    moved = most["complete_cost"] - most["previous_cost"]
    way = "rose" if now > before else "fell" if now < before else "stood still"
    return (
        f"Spend {way} by {fmt.money_compact(abs(now - before), currency)} in a week; "
        f"{most['item_name']} moved most ({fmt.signed_money(moved, currency)})"
    )


def spend_headline(rows: Sequence[Row], currency: str, *, compared: bool) -> str:
    """Total, change and the dearest item. Rows of (item_name, cost, complete_cost, previous_cost), dearest first."""
    total, now, before = (
        sum((r[name] for r in rows), Decimal()) for name in ("cost", "complete_cost", "previous_cost")
    )
    dearest = rows[0]
    share = f" ({fmt.percent(dearest['cost'] / total)})" if total else ""
    change = fmt.change(now, before) if compared else None
    way = "" if change is None else f", {'up' if change >= 0 else 'down'} {fmt.percent(abs(change))}"
    return f"{fmt.money(total, currency)}{way}; {dearest['item_name']} costs most{share}"


def list_price_note(rows: Sequence[Row]) -> str:
    """What the estimates leave out. Rows with unpriced_tokens and estimated_cost."""
    unpriced = sum(row["unpriced_tokens"] or 0 for row in rows)
    told = "List price is tokens × published price in USD, an estimate and never a bill."
    return f"{told} {fmt.compact(unpriced)} tokens have no price and are in no estimate." if unpriced else told
