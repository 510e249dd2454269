"""A credit runs out before its term ends, or money that was committed will be lost at its end. One alert for each."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Rule, Situation, State
from alerts.wording import day, percent
from domain.commitment import RECENT_DAYS, Burn
from domain.wording import count, money

QUERY = "cost/commitments"

WARN_DAYS = 30
"""Time enough to buy more, or to move work to the provider whose money would be lost."""
UNUSED_RATIO = Decimal("0.1")
"""A tenth is worth talking about; less is a rounding of the plan."""
SOON_DAYS = 7


def _params(situation: Situation) -> dict[str, Any]:
    return {"day": situation.today, "recent_since": situation.today - timedelta(days=RECENT_DAYS)}


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per credit or commitment: firing while it runs out within a month, or ends in one with a tenth left.

    A commitment that is used up is only over: what comes after it is billed as usual.
    """
    return [_finding(row, situation) for row in rows[QUERY]]


def _finding(row: Row, situation: Situation) -> Finding:
    burn = Burn(row["amount"], row["used_cost"], row["recent_cost"], situation.today, row["ends_on"])
    name, currency = row["name"], row["currency"]
    left = (burn.end - burn.day).days
    state, title, tail = _verdict(row, burn, left)
    return Finding(
        fingerprint=f"commitment:{name}",
        state=state,
        severity="ticket",
        level=2 if state == "firing" and _days_to_go(burn) <= SOON_DAYS else 1,
        title=title,
        summary=(
            f"{money(max(burn.remaining, Decimal(0)), currency)} of {money(burn.amount, currency)} is left of {name}, "
            f"and {money(burn.per_day, currency)} a day is used; {tail}."
        ),
        facts={"amount": burn.amount, "used": burn.used, "currency": currency, "ends_on": burn.end},
        fields=(
            ("Left", f"{money(burn.remaining, currency)} of {money(burn.amount, currency)}"),
            ("Used", percent(burn.used / burn.amount)),
            ("Last day", day(burn.end - timedelta(days=1))),
        ),
        page_path=pages.commitments(),
        impact_cost=burn.unused_at_end or None,
        currency=currency,
        impact_ratio=burn.unused_at_end / burn.amount,
        impact_of="what was committed",
        scope={"provider": row["provider"]},
    )


def _verdict(row: Row, burn: Burn, left: int) -> tuple[State, str, str]:
    name, currency = row["name"], row["currency"]
    gone = burn.runs_out_on
    if left <= 0:
        return "over", f"The term of {name} is over", "the term is over"
    if gone is not None and row["kind"] == "credit":
        state: State = "firing" if (gone - burn.day).days <= WARN_DAYS else "over"
        if gone <= burn.day:
            return state, f"Nothing is left of {name}", "the bill comes in money now"
        title = f"{name} will be used up in {count((gone - burn.day).days, 'day')}"
        return state, title, f"at this pace nothing is left on {day(gone)}, and the bill comes in money after that"
    if gone is not None:
        return "over", f"{name} will be met", "at this pace the commitment is met before its end"
    lost = burn.unused_at_end
    loses = lost > UNUSED_RATIO * burn.amount and left <= WARN_DAYS
    what = "expire" if row["kind"] == "credit" else "be paid without use"
    told = f"{money(lost, currency)} of {name} will {what}"
    return ("firing" if loses else "over"), told, f"at this pace {told} on {day(burn.end)}"


def _days_to_go(burn: Burn) -> int:
    return ((burn.runs_out_on or burn.end) - burn.day).days


RULE = Rule("commitment_pace", every="6h", queries={QUERY: _params}, find=find, kind="cost")
