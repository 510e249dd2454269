"""A request costs more or less than it ever does by chance: another model, longer prompts, a cold cache, new prices.
One alert per incident, at the highest level that moved."""

from collections.abc import Mapping, Sequence

from alerts import pages
from alerts.base import Finding, Row, Situation
from alerts.detection.findings import findings
from alerts.detection.rule import AnomalyRule
from alerts.detection.terms import Terms, amount

TERMS = {"cost_per_request": Terms("Cost per request", "ticket", "info", amount, pages.unit_economics)}
EXPLAINING = frozenset({"cost"})
"""Where the cost of the same scope has an alert of these days, it says what moved, and a second alert says no more."""


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of a cost per request."""
    return findings(rows, situation, TERMS, EXPLAINING)


RULE = AnomalyRule(
    "unit_cost_anomaly",
    every="15m",
    queries={},
    find=find,
    kind="cost",
    terms=TERMS,
    yields_to=EXPLAINING,
    explains=True,
)
