"""Requests, or tokens per request, left their past: a loop, a leaked key, an outage upstream, a longer prompt. One
alert per incident, at the highest level that moved."""

from collections.abc import Mapping, Sequence

from alerts import pages
from alerts.base import Finding, Row, Situation
from alerts.detection.findings import findings
from alerts.detection.rule import AnomalyRule
from alerts.detection.terms import Terms, whole

TERMS = {
    "requests": Terms("Requests", "info", "ticket", whole, pages.unit_economics),
    "tokens_per_request": Terms("Tokens per request", "ticket", "info", whole, pages.unit_economics),
}
"""Missing requests are people who are not served; more of them cost, and the cost has an alert of its own."""
EXPLAINING = frozenset({"cost"})
"""Where the cost of the same scope has an alert of these days, it says what moved, and a second alert says no more."""


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of a usage."""
    return findings(rows, situation, TERMS, EXPLAINING)


RULE = AnomalyRule("usage_anomaly", every="15m", queries={}, find=find, kind="usage", terms=TERMS, yields_to=EXPLAINING)
