"""Which detector a metric's name asks for."""

import re
from enum import StrEnum

_WORD = re.compile(r"[a-z0-9]+")
_RATE = {"rate", "rates", "ratio", "share", "fraction", "percent", "percentage", "pct", "safety"}
_BAD = {"errors", "failures", "failed", "violations", "blocked", "leaked", "flagged", "timeouts", "refusals", "unsafe"}
_LATENCY = {"latency", "duration", "ttft", "p50", "p75", "p90", "p95", "p99", "seconds", "ms"}
_COST = {"cost", "costs", "spend", "charge", "charges"}
_REQUESTS = {"requests", "request", "calls", "interactions"}
_COUNT = {"count", "total", "number", "of"}
_PERIOD = {"second", "minute", "hour", "day", "week", "month"}


class Kind(StrEnum):
    """How a series is judged. Amounts add up over the day; costs and requests of a feature belong together."""

    AMOUNT = "amount"
    COST = "cost"
    REQUESTS = "requests"
    RATIO = "ratio"
    LATENCY = "latency"
    RATE = "rate"

    @property
    def adds_up(self) -> bool:
        """Whether a day is the sum of its hours."""
        return self in (Kind.AMOUNT, Kind.COST, Kind.REQUESTS)


def kind_of(metric: str, has_total: bool = False) -> Kind:
    """By the words of the name, the first that fits; an unknown name is an amount.

    `has_total`: the series comes with what it is a part of, so that counts of bad events are a rate.
    """
    words = _WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", metric).lower())
    if "per" in words[:-1] and words[words.index("per") + 1] in _PERIOD:
        words = words[: words.index("per")]
    known = set(words)
    if "per" in known or ("unit" in known and known & _COST):
        return Kind.RATIO
    if known & _RATE or (has_total and known & _BAD):
        return Kind.RATE
    if known & _LATENCY:
        return Kind.LATENCY
    if known & _COST:
        return Kind.COST
    return Kind.REQUESTS if known & _REQUESTS and known <= _REQUESTS | _COUNT else Kind.AMOUNT
