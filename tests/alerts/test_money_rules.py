"""Rules over money without an owner, bills that do not agree, and credits that run out: pure functions of rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from alerts.base import Finding, Situation
from alerts.rules import commitment_pace, reconciliation_gap, unattributed_share
from config.settings import Alerts, Settings
from tests.alerts.support import NOW

SITUATION = Situation(NOW, Settings())


def unowned(key_cost: str, billed: str, previous: str = "20", previous_billed: str = "1000") -> Finding:
    """The finding of one key without an owner that cost so much of a bill."""
    row = {
        "provider": "openai",
        "project_id": "proj-1",
        "api_key_id": "key-7",
        "key_cost": Decimal(key_cost),
        "key_previous_cost": Decimal(previous),
        "unowned_cost": Decimal(key_cost),
        "previous_unowned_cost": Decimal(previous),
        "billed_cost": Decimal(billed),
        "previous_cost": Decimal(previous_billed),
    }
    (finding,) = unattributed_share.find({unattributed_share.QUERY: [row]}, SITUATION)
    return finding


def test_a_share_without_an_owner_above_the_setting_alerts_and_names_the_key_to_write_a_rule_for() -> None:
    finding = unowned("80", "1000")
    assert finding.state == "firing"
    assert finding.summary == (
        "$80 of $1,000 that the last 7 known days cost belongs to no feature: 8%, 2% the week before; 5% is agreed. "
        "Most of it: openai project_id proj-1 api_key_id key-7 with $80. Add rules for them to attribution.toml."
    )
    assert finding.impact_cost == Decimal(80)


def test_exactly_the_agreed_share_is_agreed() -> None:
    assert unowned("50", "1000").state == "over"
    assert unowned("50.000000000001", "1000").state == "firing"


def test_a_week_without_a_bill_says_nothing_of_owners() -> None:
    row: dict[str, Any] = dict.fromkeys(("provider", "project_id", "api_key_id", "key_cost", "key_previous_cost"))
    whole = {"unowned_cost": Decimal(0), "previous_unowned_cost": Decimal(0)}
    rows = [row | whole | {"billed_cost": Decimal(0), "previous_cost": Decimal(0)}]
    (finding,) = unattributed_share.find({unattributed_share.QUERY: rows}, SITUATION)
    assert (finding.state, finding.fingerprint) == ("pending", unowned("80", "1000").fingerprint)


def cell(day: int, billed: str, estimated: str) -> dict[str, Any]:
    """A day's output tokens of one model: a million billed and reported."""
    return {
        "provider": "openai",
        "day": date(2026, 11, day),
        "model": "gpt-4.1",
        "service_tier": "standard",
        "token_type": "output_tokens",
        "unit": "tokens",
        "charge_category": "Usage",
        "billed_cost": Decimal(billed),
        "billed_quantity": Decimal(10**6),
        "tokens": 10**6,
        "estimated_cost": Decimal(estimated),
        "gateway_cost": None,
    }


def gap(*cells: dict[str, Any], percent: int = 90) -> Finding:
    settings = Settings(alerts=Alerts(reconciled_percent=percent))
    (finding,) = reconciliation_gap.find({reconciliation_gap.QUERY: cells}, Situation(NOW, settings))
    return finding


def test_a_bill_that_usage_does_not_explain_alerts_with_the_largest_reason() -> None:
    finding = gap(cell(1, "10", "10"), cell(2, "16", "10"))
    assert finding.state == "firing"
    assert finding.title == "38% of the bill of OpenAI agrees with its usage"
    assert "$16 is not what the reported usage costs at list price" in finding.summary
    assert finding.why == ("The largest differences: another price than the list's (+$6).",)
    assert finding.scope == {"provider": "openai"}


def test_a_bill_without_usage_beside_it_neither_opens_nor_closes_an_alert() -> None:
    finding = gap(cell(1, "10", "10") | {"tokens": None, "estimated_cost": None})
    assert (finding.state, finding.fingerprint) == ("pending", gap(cell(1, "10", "10")).fingerprint)


def test_a_bill_that_agrees_closes_the_alert() -> None:
    assert gap(cell(1, "10", "10"), cell(2, "10.05", "10")).state == "over"
    assert gap(cell(1, "10", "10"), cell(2, "16", "10"), percent=38).state == "over"


def commitment(kind: str = "credit", **changes: Any) -> Finding:
    """A credit of $1,000 for the year with $280 used in the last 28 days."""
    row = {
        "name": "OpenAI credit",
        "kind": kind,
        "provider": "openai",
        "currency": "USD",
        "amount": Decimal(1000),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2027, 1, 1),
        "used_cost": Decimal(800),
        "recent_cost": Decimal(280),
    } | changes
    (finding,) = commitment_pace.find({commitment_pace.QUERY: [row]}, SITUATION)
    return finding


def test_a_credit_that_runs_out_within_a_month_alerts_and_graver_in_its_last_week() -> None:
    finding = commitment()
    assert (finding.state, finding.level) == ("firing", 1)
    assert finding.title == "OpenAI credit will be used up in 20 days"
    assert finding.summary == (
        "$200 of $1,000 is left of OpenAI credit, and $10 a day is used; at this pace nothing is left on 12 Dec 2026, "
        "and the bill comes in money after that."
    )
    assert commitment(used_cost=Decimal(950)).level == 2


@pytest.mark.parametrize(
    ("kind", "changes", "state"),
    [
        ("credit", {"used_cost": Decimal(650)}, "over"),
        ("credit", {"used_cost": Decimal(1100)}, "firing"),
        ("credit", {"ends_on": date(2026, 12, 20), "used_cost": Decimal(200)}, "firing"),
        ("commitment", {"ends_on": date(2026, 12, 20), "used_cost": Decimal(200)}, "firing"),
        ("commitment", {"used_cost": Decimal(950)}, "over"),
        ("commitment", {"ends_on": date(2026, 11, 22), "used_cost": Decimal(0)}, "over"),
    ],
)
def test_a_term_alerts_when_it_runs_dry_or_will_waste_more_than_a_tenth(
    kind: str, changes: dict[str, Any], state: str
) -> None:
    assert commitment(kind, **changes).state == state
