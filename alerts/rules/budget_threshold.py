"""A budget is used up to a mark, or will not last by its pace or its forecast. One alert per budget and period,
but none for a feature or team whose team or organisation is in the same danger."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from alerts import pages
from alerts.base import Finding, Row, Situation, State, asking_rule
from alerts.budget_chart import budget_chart
from alerts.budget_tree import with_leaves
from alerts.context import happened_since
from alerts.wording import month, percent
from domain.budget import BudgetPace
from domain.closing import ENDED_DAYS
from domain.outlook import Outlook, Portfolio, Scope, outlooks
from domain.wording import count, money, signed_percent
from queries.outlook import HISTORY_DAYS, STATUS, ask_days, pace_of, portfolio_of, scope_of
from queries.promises import Ask

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
NEARLY = Decimal("0.9")
"""A pace that alerted must come so far below the budget before the alert ends: near it, every weekend would end one
and every Monday open it again."""


def look(ask: Ask, situation: Situation) -> list[Finding]:
    """One finding per budget whose period goes on, or whose last bill is awaited."""
    since = situation.today - timedelta(days=LATE_BILL_DAYS)
    billing_since = situation.today - timedelta(days=ENDED_DAYS)
    rows = ask(STATUS, day=situation.today, ended_after=since, billing_since=billing_since).rows()
    findings = []
    for currency in sorted({row["currency"] for row in rows}):
        own = [row for row in rows if row["currency"] == currency]
        end = max(own[0]["complete_end"], billing_since)
        days = ask_days(ask, currency, today=situation.today, complete_end=end, since=since, history=HISTORY_DAYS)
        scopes = [(scope_of(row), pace_of(row)) for row in own]
        portfolio = portfolio_of(days.table, end)
        found = outlooks(portfolio, scopes)
        judged = with_leaves(own, judge(zip(own, found, strict=True), situation))
        findings += [
            _explained(ask, finding, portfolio, scope, pace, situation) if finding.state == "firing" else finding
            for finding, (scope, pace) in zip(judged, scopes, strict=True)
        ]
    return findings


def _explained(
    ask: Ask, finding: Finding, portfolio: Portfolio, scope: Scope, pace: BudgetPace, situation: Situation
) -> Finding:
    began = datetime.combine(pace.start, time(), UTC)
    kind, name = scope
    return replace(
        finding,
        happened=happened_since(ask, began, situation.now, feature=name if kind == "feature" else None),
        chart=budget_chart(finding.title, str(finding.currency), portfolio, scope, pace),
    )


def judge(found: Iterable[tuple[Row, Outlook]], situation: Situation) -> list[Finding]:
    """One finding per budget: firing past the lowest mark or when its pace or its forecast is over, else over."""
    return [_finding(row, outlook, situation) for row, outlook in found]


def _finding(row: Row, outlook: Outlook, situation: Situation) -> Finding:
    pace = outlook.pace
    crossed = [mark for mark in sorted(situation.settings.alerts.budget_thresholds) if pace.exceeds(mark)]
    currency = row["currency"]
    at_stake = max(pace.actual, _landing(outlook) or Decimal(0)) - pace.amount
    return Finding(
        fingerprint=_fingerprint(row),
        state=_state(outlook, crossed, situation),
        severity="info" if _lasts(outlook) else "ticket",
        level=_level(outlook, len(crossed)),
        title=_title(row, outlook),
        summary=_summary(row, outlook, situation),
        facts={
            "budget": pace.amount,
            "spent": pace.actual,
            "currency": currency,
            "highest_threshold_percent": crossed[-1] if crossed else None,
            "complete_days": pace.complete_days,
            "run_rate": pace.run_rate,
            "forecast": _forecast(outlook),
        },
        fields=_fields(row, outlook),
        owner=row["owner"],
        page_path=_page(row),
        impact_cost=at_stake if at_stake > 0 else None,
        currency=currency,
        scope={} if row["scope_type"] == "organization" else {row["scope_type"]: row["scope"]},
        impact_ratio=at_stake / pace.amount if at_stake > 0 and pace.amount > 0 else None,
        impact_of="the budget",
    )


def _fingerprint(row: Row) -> str:
    """A quarter begins on the same day as its first month."""
    kind = "" if row["period"] == "month" else f":{row['period']}"
    return f"budget:{row['scope_type']}:{row['scope']}:{row['period_start']}:{row['currency']}{kind}"


def _forecast(outlook: Outlook) -> Decimal | None:
    """Where the period lands by its forecast, once that has a range: before, it is a guess."""
    made = outlook.forecast
    return None if made is None or made.total is None or made.high_80 is None else Decimal(made.total)


def _landing(outlook: Outlook) -> Decimal | None:
    """The forecast, which knows weekdays and the days of a month; before there is one the run rate."""
    forecast = _forecast(outlook)
    return outlook.pace.run_rate if forecast is None else forecast


def _is_near(outlook: Outlook) -> bool:
    """True when the period lands just within its budget: no new alert, and not yet the end of an open one."""
    landing = _landing(outlook)
    return landing is not None and landing > NEARLY * outlook.pace.amount


def _will_not_hold(outlook: Outlook) -> bool:
    forecast = _forecast(outlook)
    return outlook.pace.run_rate_exceeds or (forecast is not None and forecast > outlook.pace.amount)


def _state(outlook: Outlook, crossed: list[int], situation: Situation) -> State:
    pace = outlook.pace
    ended = pace.end <= situation.today
    waits_for_the_bill = pace.complete_end < pace.end
    if ended and not waits_for_the_bill:
        return "over"
    if crossed or _will_not_hold(outlook):
        return "firing"
    return "pending" if _is_near(outlook) else "over"


def _lasts(outlook: Outlook) -> bool:
    """True when there is money left and where it lands, which must be known, leaves it so.

    A run rate over the budget under a forecast within it is worth knowing, and no more.
    """
    landing = _landing(outlook)
    return landing is not None and landing <= outlook.pace.amount and not outlook.pace.exceeds(100)


def _level(outlook: Outlook, crossed_count: int) -> int:
    """Two steps per mark; in between the step of a pace that breaks the budget, until it is broken."""
    return 2 * crossed_count + (1 if _will_not_hold(outlook) and not outlook.pace.exceeds(100) else 0)


def _who(row: Row) -> str:
    if row["scope_type"] == "organization":
        return "The organisation"
    return f"{row['scope_type'].capitalize()} {row['name']}"


def _span(row: Row) -> str:
    start = row["period_start"]
    return month(start) if row["period"] == "month" else f"Q{(start.month + 2) // 3}"


def _title(row: Row, outlook: Outlook) -> str:
    budget, pace = f"its {_span(row)} budget", outlook.pace
    if pace.exceeds(100):
        return f"{_who(row)} is over {budget}"
    if _will_not_hold(outlook):
        return f"{_who(row)} is heading over {budget}"
    spent = f"{percent(pace.spent_ratio)} of " if pace.spent_ratio is not None else "some of "
    return f"{_who(row)} has spent {spent}{budget}"


def _summary(row: Row, outlook: Outlook, situation: Situation) -> str:
    pace, currency = outlook.pace, row["currency"]
    share = f"{percent(pace.spent_ratio)} of" if pace.spent_ratio is not None else "more than"
    spent = f"{money(pace.actual, currency)} of {money(pace.amount, currency)}"
    head = f"{_who(row)} has spent {share} its {_span(row)} budget: {spent}"
    days_left = (pace.end - situation.today).days - 1
    if days_left < 0:
        return f"{head}; the {row['period']} is over."
    tail = f" with {count(days_left, 'day')} left" if days_left else " on the last day"
    forecast = _forecast(outlook)
    told = [
        None if pace.run_rate is None else f"at this pace it lands at {_against(pace.run_rate, row)}",
        None if forecast is None else f"the forecast is {_against(forecast, row)}",
    ]
    lands = ", ".join(filter(None, told))
    return f"{head}{tail}; {lands}." if lands else f"{head}{tail}."


def _against(landed: Decimal, row: Row) -> str:
    budget = row["budget_amount"]
    told = money(landed, row["currency"])
    return f"{told} ({signed_percent(landed / budget - 1)})" if budget > 0 else told


def _fields(row: Row, outlook: Outlook) -> tuple[tuple[str, str], ...]:
    pace, currency = outlook.pace, row["currency"]
    fields = [("Spent", f"{money(pace.actual, currency)} of {money(pace.amount, currency)}")]
    if pace.spent_ratio is not None:
        fields.append(("Used", percent(pace.spent_ratio)))
    if pace.pace_ratio is not None:
        fields.append(("Against an even spread", signed_percent(pace.pace_ratio)))
    if pace.run_rate is not None:
        fields.append((f"{row['period'].capitalize()} at this pace", _against(pace.run_rate, row)))
    made = outlook.forecast
    if made is not None and made.low_80 is not None and made.high_80 is not None:
        low, high = (money(Decimal(bound), currency) for bound in (made.low_80, made.high_80))
        fields.append(("Forecast, 80% range", f"{low} to {high}"))
    return tuple(fields)


def _page(row: Row) -> str:
    scope = {} if row["scope_type"] == "organization" else {row["scope_type"]: row["scope"]}
    return pages.spend(GROUPING[row["scope_type"]], _PERIODS[row["period"]], scope)


RULE = asking_rule("budget_threshold", every="5m", look=look, kind="cost")
