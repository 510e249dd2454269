"""What is watched: each metric with the query it comes from and how its days are judged."""

from dataclasses import dataclass
from typing import Literal

from domain.anomaly.method import AMOUNT, LATENCY, RATIO, Method

Form = Literal["amount", "ratio", "rate", "percentile"]
"""An amount is 0 on a complete day without a row; the others are unknown there."""

OWNERS = ("organization", "team", "feature", "model", "provider")
SERVERS = ("organization", "service", "model", "provider")
"""Who answers; whose requests they are is counted by the day, in a table of its own."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One watched quantity. `value` and `base` are columns: an amount, or what is divided and by what.

    `base` of a percentile counts its requests. `method` None: a rate of bad events, judged by chance. `unit` None:
    the organisation's currency. `scarce_below`: days are judged only where the median of `base` reaches it.
    """

    name: str
    form: Form
    value: str
    base: str | None = None
    method: Method | None = None
    unit: str | None = None
    scarce_below: int = 0


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics that one query answers. `scope_param` is what it calls the kind of scope."""

    query: str
    scope_types: tuple[str, ...]
    metrics: tuple[Metric, ...]
    scope_param: str = "scope_type"
    needs_currency: bool = False


LATENCY_P95 = Metric("latency_p95", "percentile", "le_seconds", "request_count", LATENCY, "seconds", scarce_below=100)

FAMILIES = (
    Family("anomaly/cost_days", OWNERS, (Metric("cost", "amount", "billed_cost", method=AMOUNT),), needs_currency=True),
    Family(
        "anomaly/unit_days",
        OWNERS,
        (Metric("cost_per_request", "ratio", "request_cost", "costed_request_count", RATIO, scarce_below=20),),
        needs_currency=True,
    ),
    Family(
        "anomaly/usage_days",
        OWNERS,
        (
            Metric("requests", "amount", "request_count", method=AMOUNT, unit="requests"),
            Metric("tokens_per_request", "ratio", "tokens", "counted_requests", RATIO, "tokens", scarce_below=20),
        ),
    ),
    Family(
        "anomaly/latency_days",
        SERVERS,
        (LATENCY_P95,),
        scope_param="level",
    ),
    Family("anomaly/latency_owner_days", ("team", "feature"), (LATENCY_P95,)),
    Family(
        "anomaly/safety_days",
        ("organization", "team", "feature"),
        (Metric("safety_rate", "rate", "violation_count", "checked_count", None, "share"),),
    ),
    Family("anomaly/request_days", OWNERS, (Metric("error_rate", "rate", "bad_count", "valid_count", None, "share"),)),
)
"""A median of twenty requests a day is the least for a ratio, as in the maths of unit costs; a 95th percentile of fewer
than a hundred is one of the five slowest requests."""

METRICS = {metric.name: metric for family in FAMILIES for metric in family.metrics}
