"""Providers and models as tables: what is drawn, and the same with every digit. Pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.providers import Score
from app.tables import NO_MODEL
from store.schema import MONEY

MONEY_COLUMNS = ("billed_cost", "previous_billed_cost", "estimated_cost")


def drawn(scores: Sequence[Score]) -> pa.Table:
    """One row per score, rounded; texts where a target stands beside the number."""
    return pa.table(
        {
            "status": pa.array([one.status for one in scores], pa.string()),
            "provider": pa.array([one.name for one in scores], pa.string()),
            "model": pa.array([one.model or NO_MODEL for one in scores], pa.string()),
            "available": pa.array([fmt.attainment(one.now.available(one.sla)) for one in scores], pa.string()),
            "availability_promised": pa.array([_promised(one, "availability") for one in scores], pa.string()),
            "available_before": pa.array(
                [fmt.attainment(one.before.available(one.sla)) for one in scores], pa.string()
            ),
            "p95": pa.array([fmt.seconds(one.now.p95()) for one in scores], pa.string()),
            "p95_promised": pa.array([_promised(one, "p95_seconds") for one in scores], pa.string()),
            "p95_before": pa.array([fmt.seconds(one.before.p95()) for one in scores], pa.string()),
            "first_token_p95": pa.array([fmt.seconds(one.now.first_token_p95()) for one in scores], pa.string()),
            "error_ratio": _ratios(scores, lambda one: one.now.fates.error_ratio if one.now.fates else None),
            "throttle_ratio": _ratios(scores, lambda one: one.now.fates.throttle_ratio if one.now.fates else None),
            "requests": pa.array([_requests(one) for one in scores], pa.int64()),
            "reported": pa.array([one.spent.reported for one in scores], pa.int64()),
            "incidents": pa.array([one.trouble.count if one.trouble else None for one in scores], pa.int64()),
            "impact": pa.array([_impact(one) for one in scores], pa.string()),
            "billed": _floats(scores, lambda one: one.spent.billed),
            "change": pa.array([fmt.change(one.spent.billed, one.spent.before) for one in scores], pa.float64()),
            "estimated": _floats(scores, lambda one: one.spent.estimated),
        }
    )


def exact(scores: Sequence[Score]) -> pa.Table:
    """The same with every digit: counts as they are, ratios and seconds unrounded, money as it was billed."""

    def money(of: Callable[[Score], Decimal | None]) -> Any:
        return pa.array([of(one) for one in scores], MONEY)

    def numbers(of: Callable[[Score], float | None]) -> Any:
        return pa.array([of(one) for one in scores], pa.float64())

    def counts(name: str) -> Any:
        return pa.array([getattr(one.now.fates, name) if one.now.fates else None for one in scores], pa.int64())

    return pa.table(
        {
            "provider": [one.provider for one in scores],
            "model": pa.array([one.model for one in scores], pa.string()),
            "status": [one.status.split(" ", 1)[1].lower() for one in scores],
            "availability_ratio": _ratios(scores, lambda one: one.now.available(one.sla)),
            "availability_promised": numbers(lambda one: _of_sla(one, "availability")),
            "previous_availability_ratio": _ratios(scores, lambda one: one.before.available(one.sla)),
            "p95_seconds": numbers(lambda one: one.now.p95()),
            "p95_seconds_promised": numbers(lambda one: _of_sla(one, "p95_seconds")),
            "previous_p95_seconds": numbers(lambda one: one.before.p95()),
            "first_token_p95_seconds": numbers(lambda one: one.now.first_token_p95()),
            **{name: counts(name) for name in ("request_count", "throttled_count", "rejected_count", "failed_count")},
            "reported_request_count": pa.array([one.spent.reported for one in scores], pa.int64()),
            "incident_count": pa.array([one.trouble.count if one.trouble else None for one in scores], pa.int64()),
            "impact_seconds": numbers(lambda one: one.trouble.seconds if one.trouble else None),
            "billed_cost": money(lambda one: one.spent.billed),
            "previous_billed_cost": money(lambda one: one.spent.before),
            "estimated_cost_usd": money(lambda one: one.spent.estimated),
        }
    )


def _of_sla(score: Score, name: str) -> float | None:
    value: Decimal | None = getattr(score.sla, name) if score.sla else None
    return None if value is None else float(value)


def _promised(score: Score, name: str) -> str:
    if score.sla is None:
        return fmt.UNKNOWN
    if name == "availability":
        return fmt.target(score.sla.availability) if score.sla.availability else fmt.UNKNOWN
    return fmt.seconds(_of_sla(score, name))


def _requests(score: Score) -> int | None:
    return score.now.fates.request_count if score.now.fates else None


def _impact(score: Score) -> str:
    return fmt.clock(score.trouble.seconds) if score.trouble else fmt.UNKNOWN


def _ratios(scores: Sequence[Score], of: Callable[[Score], Fraction | None]) -> Any:
    return pa.array([None if (ratio := of(one)) is None else float(ratio) for one in scores], pa.float64())


def _floats(scores: Sequence[Score], of: Callable[[Score], Decimal | None]) -> Any:
    return pa.array([None if (amount := of(one)) is None else float(amount) for one in scores], pa.float64())
