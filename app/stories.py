"""Sentences that say what the numbers mean. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app import format as fmt
from app.pace import Pace

Row = Mapping[str, Any]


def month_headline(pace: Pace, currency: str) -> str:
    """Whether the month will land in its budget."""
    month = fmt.month(pace.start)
    if pace.run_rate is None:
        return f"{month} has too few whole days of costs for a run rate."
    lands = f"{month} is on course for {fmt.money_compact(pace.run_rate, currency)}"
    if pace.budget is None or pace.overrun is None:
        return f"{lands}; no budget is set."
    budget = fmt.money_compact(pace.budget, currency)
    gap = fmt.money_compact(abs(pace.overrun), currency)
    share = fmt.percent(abs(pace.overrun) / pace.budget) if pace.budget else fmt.UNKNOWN
    if pace.overrun > 0:
        return f"{lands}, {gap} ({share}) over its budget of {budget}."
    return f"{lands}, {gap} ({share}) under its budget of {budget}."


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
