"""The budgets that finance would have written for this company: months, the running quarter, a revision."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from sandbox.catalog import ANTHROPIC, FEATURES, OPENAI, PRODUCTION, TEAMS
from sandbox.events import LAUNCH_DAYS_BEFORE, LAUNCH_FEATURE
from sandbox.timeline import month_start
from sandbox.truth import BilledCost, Truth

OVERRUNNING_TEAM = "Workplace Tools"
"""Its budget did not foresee the routing change, so the anchor month runs over."""

QUARTER_TEAM = "Discovery"
"""The team whose months finance adds up to a quarter, as it does for the organisation."""

REVISED_FEATURE = LAUNCH_FEATURE
"""Its budget of the anchor month was raised once the launch was seen to go well."""

BUDGET_COLUMNS = ("scope_type", "scope", "period", "period_start", "amount", "currency", "version", "approved_on")

_MONTHS_BEFORE, _MONTHS_AFTER = 4, 2
_HEADROOM = {"organization": Decimal("1.04"), "team": Decimal("1.05"), "feature": Decimal("1.06")}
_PROVIDER_HEADROOM = Decimal("1.04")
_OVERRUN_BUDGET_SHARE = Decimal("0.72")
_FIRST_VERSION_SHARE = Decimal("0.8")
_ROUND_TO = Decimal(100)
_PLANNED_DAYS_BEFORE_LAUNCH = 30
_REVISED_DAYS_AFTER_LAUNCH = 14


class Budget(NamedTuple):
    """One line of budgets.csv."""

    scope_type: str
    scope: str
    period: str
    period_start: date
    amount: Decimal
    currency: str = "USD"
    version: str = ""
    approved_on: date | None = None


def budget_rows(truth: Truth) -> list[tuple[str, ...]]:
    """Lines of budgets.csv under BUDGET_COLUMNS, oldest month first, quarters last."""
    anchor = truth.company.anchor
    budgets: list[Budget] = []
    for offset in range(-_MONTHS_BEFORE, _MONTHS_AFTER + 1):
        start, end = month_start(anchor, offset), month_start(anchor, offset + 1)
        settled = datetime.combine(end, time(), tzinfo=UTC) + timedelta(days=7)
        budgets += _month(start, truth.borne_costs(start, end, settled), overrun=offset >= 0)
    budgets = [version for budget in budgets for version in _versions(budget, anchor)]
    budgets += _quarters(budgets, anchor)
    return [tuple("" if value is None else str(value) for value in budget) for budget in budgets]


def _month(start: date, costs: list[BilledCost], *, overrun: bool) -> list[Budget]:
    team_of = {feature.key: feature.team for feature in FEATURES}

    def budget(scope_type: str, scope: str, spent: list[BilledCost], factor: Decimal) -> Budget:
        total = sum((cost.billed_cost for cost in spent), Decimal(0))
        return Budget(scope_type, scope, "month", start, _rounded(total * factor))

    budgets = [
        budget("organization", "", costs, _HEADROOM["organization"]),
        *(
            budget("provider", provider, [cost for cost in costs if cost.provider == provider], _PROVIDER_HEADROOM)
            for provider in (OPENAI, ANTHROPIC)
        ),
    ]
    for team in TEAMS:
        spent = [cost for cost in costs if cost.feature and team_of[cost.feature] == team.key]
        late = overrun and team.name == OVERRUNNING_TEAM
        budgets.append(budget("team", team.name, spent, _OVERRUN_BUDGET_SHARE if late else _HEADROOM["team"]))
    for feature in FEATURES:
        spent = [cost for cost in costs if cost.feature == feature.key]
        if any(cost.environment == PRODUCTION for cost in spent):
            budgets.append(budget("feature", feature.key, spent, _HEADROOM["feature"]))
    return budgets


def _rounded(amount: Decimal) -> Decimal:
    return max(_ROUND_TO, (amount / _ROUND_TO).to_integral_value() * _ROUND_TO)


def _versions(budget: Budget, anchor: date) -> list[Budget]:
    """The budget itself, or what was planned before it was revised and then the revision."""
    if budget.scope != REVISED_FEATURE or budget.period_start != month_start(anchor, 0):
        return [budget]
    launched = anchor - timedelta(days=LAUNCH_DAYS_BEFORE)
    planned = budget._replace(
        amount=_rounded(budget.amount * _FIRST_VERSION_SHARE),
        version="business case",
        approved_on=launched - timedelta(days=_PLANNED_DAYS_BEFORE_LAUNCH),
    )
    revised_on = launched + timedelta(days=_REVISED_DAYS_AFTER_LAUNCH)
    return [planned, budget._replace(version="after launch", approved_on=revised_on)]


def _quarters(budgets: list[Budget], anchor: date) -> list[Budget]:
    first = month_start(anchor, -((anchor.month - 1) % 3))
    end = month_start(first, 3)
    scopes = (("organization", ""), ("team", QUARTER_TEAM))
    return [
        Budget(
            scope_type,
            scope,
            "quarter",
            first,
            sum(
                (
                    b.amount
                    for b in budgets
                    if (b.scope_type, b.scope) == (scope_type, scope) and first <= b.period_start < end
                ),
                Decimal(0),
            ),
        )
        for scope_type, scope in scopes
    ]
