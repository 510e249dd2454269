"""What the company has promised to spend: one prepaid credit that is nearly used up, one yearly commitment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sandbox.catalog import ANTHROPIC, OPENAI
from sandbox.timeline import month_start
from sandbox.truth import Truth

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
    used, pace = _spent(truth, OPENAI, start, anchor), _pace(truth, OPENAI)
    credit = used + pace * _CREDIT_LASTS_DAYS_AFTER
    commitment = (
        _spent(truth, ANTHROPIC, start, anchor) + _pace(truth, ANTHROPIC) * (month_start(start, 12) - anchor).days
    ) * _COMMITTED_SHARE
    return [
        ("OpenAI prepaid credits", "credit", OPENAI, _rounded(credit), "USD", str(start),
         str(anchor + timedelta(days=_CREDIT_ENDS_DAYS_AFTER))),
        (f"Anthropic {start:%Y} agreement", "commitment", ANTHROPIC, _rounded(commitment), "USD", str(start),
         str(month_start(start, 12))),
    ]  # fmt: skip


def _spent(truth: Truth, provider: str, start: date, end: date) -> Decimal:
    settled = datetime.combine(end, time(), tzinfo=UTC) + timedelta(days=7)
    return truth.total_cost(start, end, settled, provider=provider)


def _pace(truth: Truth, provider: str) -> Decimal:
    anchor = truth.company.anchor
    return _spent(truth, provider, anchor - timedelta(days=_PACE_DAYS), anchor) / _PACE_DAYS


def _rounded(amount: Decimal) -> str:
    return str((amount / _ROUND_TO).to_integral_value() * _ROUND_TO)
