"""A budget is used up to a mark, or will not last at this pace. One alert per budget and period."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from alerts.base import Finding, Row, Rule, Situation, State
from alerts.wording import month, percent
from domain.budget import BudgetPace
from domain.closing import ENDED_DAYS
from domain.wording import count, money, signed_percent

QUERY = "cost/budget_status"

LATE_BILL_DAYS = 3
"""The bill of a month's last day comes after the month; its budget is watched until it does, at most so long."""

GROUPING = {
    "organization": "team",
    "team": "feature",
    "provider": "team",
    "feature": "model",
    "model": "feature",
    "environment": "feature",
}
"""Scope of a budget → what the Spend page breaks it down by."""


_PERIODS = {"month": "mtd", "quarter": "90d"}
"""Period of a budget → what the Spend page shows of it."""


def _params(situation: Situation) -> dict[str, Any]:
    return {
        "day": situation.today,
        "ended_after": situation.today - timedelta(days=LATE_BILL_DAYS),
        "billing_since": situation.today - timedelta(days=ENDED_DAYS),
    }


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per budget: firing past the lowest mark or when the run rate is over, else over."""
    return [_finding(row, situation) for row in rows[QUERY]]


def _finding(row: Row, situation: Situation) -> Finding:
    pace = BudgetPace(
        start=row["period_start"],
        end=row["period_end"],
        complete_end=row["complete_end"],
        amount=row["budget_amount"],
        actual=row["billed_cost"],
        complete_cost=row["complete_cost"],
    )
    crossed = [mark for mark in sorted(situation.settings.alerts.budget_thresholds) if pace.exceeds(mark)]
    currency = row["currency"]
    at_stake = max(pace.actual, pace.run_rate or Decimal(0)) - pace.amount
    return Finding(
        fingerprint=_fingerprint(row),
        state=_state(pace, crossed, situation),
        severity="info" if _lasts(pace) else "ticket",
        level=_level(pace, len(crossed)),
        title=_title(row, pace),
        summary=_summary(row, pace, situation),
        facts={
            "budget": pace.amount,
            "spent": pace.actual,
            "currency": currency,
            "highest_threshold_percent": crossed[-1] if crossed else None,
            "complete_days": pace.complete_days,
            "run_rate": pace.run_rate,
        },
        fields=_fields(row, pace),
        owner=row["owner"],
        page_path=_page(row),
        impact_cost=at_stake if at_stake > 0 else None,
        currency=currency,
        scope={} if row["scope_type"] == "organization" else {row["scope_type"]: row["scope"]},
    )


def _fingerprint(row: Row) -> str:
    """A quarter begins on the same day as its first month."""
    kind = "" if row["period"] == "month" else f":{row['period']}"
    return f"budget:{row['scope_type']}:{row['scope']}:{row['period_start']}:{row['currency']}{kind}"


def _state(pace: BudgetPace, crossed: list[int], situation: Situation) -> State:
    ended = pace.end <= situation.today
    waits_for_the_bill = pace.complete_end < pace.end
    if ended and not waits_for_the_bill:
        return "over"
    return "firing" if crossed or pace.run_rate_exceeds else "over"


def _lasts(pace: BudgetPace) -> bool:
    """True when there is money left and the pace, which must be known, leaves it so."""
    return pace.run_rate is not None and not pace.run_rate_exceeds and not pace.exceeds(100)


def _level(pace: BudgetPace, crossed_count: int) -> int:
    """Two steps per mark; in between the step of a pace that breaks the budget, until it is broken."""
    return 2 * crossed_count + (1 if pace.run_rate_exceeds and not pace.exceeds(100) else 0)


def _who(row: Row) -> str:
    if row["scope_type"] == "organization":
        return "The organisation"
    return f"{row['scope_type'].capitalize()} {row['name']}"


def _span(row: Row) -> str:
    start = row["period_start"]
    return month(start) if row["period"] == "month" else f"Q{(start.month + 2) // 3}"


def _title(row: Row, pace: BudgetPace) -> str:
    budget = f"its {_span(row)} budget"
    if pace.exceeds(100):
        return f"{_who(row)} is over {budget}"
    if pace.run_rate_exceeds:
        return f"{_who(row)} is heading over {budget}"
    spent = f"{percent(pace.spent_ratio)} of " if pace.spent_ratio is not None else "some of "
    return f"{_who(row)} has spent {spent}{budget}"


def _summary(row: Row, pace: BudgetPace, situation: Situation) -> str:
    share = f"{percent(pace.spent_ratio)} of" if pace.spent_ratio is not None else "more than"
    spent = f"{money(pace.actual, row['currency'])} of {money(pace.amount, row['currency'])}"
    head = f"{_who(row)} has spent {share} its {_span(row)} budget: {spent}"
    days_left = (pace.end - situation.today).days - 1
    if days_left < 0:
        return f"{head}; the {row['period']} is over."
    tail = f" with {count(days_left, 'day')} left" if days_left else " on the last day"
    if pace.run_rate is None:
        return f"{head}{tail}."
    return f"{head}{tail}; at this pace it lands at {_projection(pace, row['currency'])}."


def _projection(pace: BudgetPace, currency: str) -> str:
    assert pace.run_rate is not None
    landed = money(pace.run_rate, currency)
    return f"{landed} ({signed_percent(pace.run_rate / pace.amount - 1)})" if pace.amount > 0 else landed


def _fields(row: Row, pace: BudgetPace) -> tuple[tuple[str, str], ...]:
    currency = row["currency"]
    fields = [("Spent", f"{money(pace.actual, currency)} of {money(pace.amount, currency)}")]
    if pace.spent_ratio is not None:
        fields.append(("Used", percent(pace.spent_ratio)))
    if pace.pace_ratio is not None:
        fields.append(("Against an even spread", signed_percent(pace.pace_ratio)))
    if pace.run_rate is not None:
        fields.append((f"{row['period'].capitalize()} at this pace", _projection(pace, currency)))
    return tuple(fields)


def _page(row: Row) -> str:
    scope = {} if row["scope_type"] == "organization" else {row["scope_type"]: row["scope"]}
    return "spend?" + urlencode({"by": GROUPING[row["scope_type"]], "period": _PERIODS[row["period"]], **scope})


RULE = Rule("budget_threshold", every="5m", queries={QUERY: _params}, find=find, kind="cost")
