"""What outcomes and failures cost, as tables and sentences. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.stories import Row

CONNECT = (
    "No outcomes in these days. Import them with `python -m burnline import outcomes PATH --map day=…`, or read them "
    'from a warehouse: a source of `kind = "warehouse_outcomes"` in `burnline.toml`.'
)
NOT_TOLD = "– not told"
BASES = {"tokens": "Tokens", "requests": "Requests", "outcomes": "Outcomes", "both": "Tokens, requests"}
"""By what a cost was split, as tables name it; `mixed` has no word of its own."""

_COUNTS = ("outcome_count", "good_count", "accepted_count", "within_slo_count", "safe_count")


def outcome_table(rows: Sequence[Row]) -> pa.Table:
    """Rows of cost/outcomes_by_feature; kinds of counts that nobody reports have no column."""
    columns: dict[str, Any] = {
        "outcome_feature": [_feature(row) for row in rows],
        "outcome": [row["outcome"] or "several" for row in rows],
        "cost_per_outcome": _floats(rows, "cost_per_outcome"),
        "cost_per_good_outcome": _floats(rows, "cost_per_good_outcome"),
        "good_ratio": _floats(rows, "good_ratio"),
    }
    for name in _COUNTS:
        if any(row[name] is not None for row in rows) or name == "good_count":
            columns[name] = pa.array([row[name] for row in rows], pa.int64())
    columns["outcome_cost"] = _floats(rows, "outcome_cost")
    return pa.table(columns)


def tier_table(rows: Sequence[Row]) -> pa.Table:
    """Rows of cost/cost_by_customer_tier with their shares of the cost."""
    total = sum((row["billed_cost"] for row in rows), Decimal())
    return pa.table(
        {
            "customer_tier": [row["customer_tier"] or NOT_TOLD for row in rows],
            "billed_cost": _floats(rows, "billed_cost"),
            "share": pa.array([float(row["billed_cost"] / total) if total else None for row in rows], pa.float64()),
            **{n: pa.array([r[n] for r in rows], pa.int64()) for n in ("request_count", "total_tokens")},
            "outcome_count": pa.array([row["outcome_count"] for row in rows], pa.int64()),
            "basis": [_basis(row["basis"]) for row in rows],
        }
    )


def failure_table(rows: Sequence[Row]) -> pa.Table:
    """Rows of cost/failure_by_feature with the share of the logged cost that is lost."""
    return pa.table(
        {
            "failure_feature": [_feature(row) for row in rows],
            **{name: _floats(rows, name) for name in ("lost_cost", "failed_cost", "retried_cost")},
            "share": pa.array([_share(row) for row in rows], pa.float64()),
            **{n: pa.array([r[n] for r in rows], pa.int64()) for n in ("request_count", "failed_count")},
            **{n: pa.array([r[n] for r in rows], pa.int64()) for n in ("retried_count", "lost_tokens")},
            "basis": [_basis(row["basis"]) for row in rows],
        }
    )


def outcome_note(rows: Sequence[Row], *, part: bool) -> str:
    """What the costs per outcome mean; `part`: filters leave a part of the costs, and all outcomes."""
    unknown = [row["feature"] for row in rows if row["feature_name"] is None]
    unjudged = [_feature(row) for row in rows if row["good_count"] is None]
    told = [
        "Direct costs of days with outcomes, per outcome. Good: accepted, within its SLO and safe, as its source says.",
        f"Good outcomes of {fmt.listed(unjudged)} are not reported." if unjudged else "",
        f"features.toml does not declare {fmt.listed(unknown)}." if unknown else "",
        "Outcomes know no provider and no environment: the filters above leave a part of their cost." if part else "",
    ]
    return " ".join(filter(None, told))


def failure_headline(rows: Sequence[Row], currency: str) -> str:
    """How much of the cost of logged traffic was lost, or how many requests when nothing of it was billed."""
    billed = [row for row in rows if row["logged_cost"] is not None]
    lost, requests = (sum(row[name] for row in rows) for name in ("lost_count", "request_count"))
    counted = f"{fmt.count(lost)} of {fmt.plural(requests, 'logged request')} failed or {_were(lost)} retried"
    if not billed:
        return f"{counted}; nothing of it was billed in {currency}."
    cost, whole = (sum((row[name] for row in billed), Decimal()) for name in ("lost_cost", "logged_cost"))
    share = f" ({fmt.percent(cost / whole)})" if whole else ""
    return f"{counted}: {fmt.money(cost, currency)}{share} of the {fmt.money(whole, currency)} of logged traffic."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _feature(row: Row) -> str:
    return str(row["feature_name"] or row["feature"])


def _basis(word: str | None) -> str:
    return fmt.UNKNOWN if word is None else BASES.get(word, "Several")


def _share(row: Row) -> float | None:
    return float(row["lost_cost"] / row["logged_cost"]) if row["logged_cost"] else None


def _floats(rows: Sequence[Row], name: str) -> Any:
    return pa.array([None if row[name] is None else float(row[name]) for row in rows], pa.float64())
