"""What the company has promised to spend: one prepaid credit that is nearly used up, one yearly commitment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sandbox.catalog import ANTHROPIC, OPENAI
from sandbox.timeline import month_start
from sandbox.truth import BilledCost, Truth

COMMITMENT_COLUMNS = ("name", "kind", "provider", "amount", "currency", "starts_on", "ends_on")

_STARTED_MONTHS_BEFORE = 2
"""So that the demo's 120 days hold every cost since the start."""
_CREDIT_ENDS_DAYS_AFTER = 38
_CREDIT_LASTS_DAYS_AFTER = 19
"""How many days after the anchor the credit is used up: well before it would expire."""
_COMMITTED_SHARE = Decimal("1.15")
"""The yearly commitment is that much of the year's spend, so part of it would be paid for nothing."""
_PACE_DAYS = 28
_ROUND_TO = Decimal(1000)


def commitment_rows(truth: Truth) -> list[tuple[str, ...]]:
    """Lines of commitments.csv under COMMITMENT_COLUMNS."""
    anchor = truth.company.anchor
    start = month_start(anchor, -_STARTED_MONTHS_BEFORE)
    end = month_start(start, 12)
    settled = datetime.combine(anchor, time(), tzinfo=UTC) + timedelta(days=7)
    costs = truth.billed_costs(start, anchor, settled)
    credit = _spent_by(costs, OPENAI, anchor, _CREDIT_LASTS_DAYS_AFTER)
    commitment = _spent_by(costs, ANTHROPIC, anchor, (end - anchor).days) * _COMMITTED_SHARE
    credit_end = anchor + timedelta(days=_CREDIT_ENDS_DAYS_AFTER)
    return [
        ("OpenAI prepaid credits", "credit", OPENAI, _rounded(credit), "USD", str(start), str(credit_end)),
        (f"Anthropic {start:%Y} agreement", "commitment", ANTHROPIC, _rounded(commitment), "USD", str(start), str(end)),
    ]


def _spent_by(costs: list[BilledCost], provider: str, anchor: date, days_after: int) -> Decimal:
    """What is spent some days after the anchor if the pace of the last weeks goes on."""
    of_provider = [cost for cost in costs if cost.provider == provider]
    used = sum((cost.billed_cost for cost in of_provider), Decimal(0))
    since = anchor - timedelta(days=_PACE_DAYS)
    recent = sum((cost.billed_cost for cost in of_provider if cost.day >= since), Decimal(0))
    return used + recent / _PACE_DAYS * days_after


def _rounded(amount: Decimal) -> str:
    return str((amount / _ROUND_TO).to_integral_value() * _ROUND_TO)
