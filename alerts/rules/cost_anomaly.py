"""A day's cost left its past: more or less than this scope ever costs by chance. One alert per incident, at the
highest level that moved."""

from collections.abc import Mapping, Sequence

from alerts import pages
from alerts.base import Finding, Row, Situation
from alerts.detection.findings import findings
from alerts.detection.rule import AnomalyRule
from alerts.detection.terms import Terms, amount

TERMS = {"cost": Terms("Cost", "ticket", "info", amount, pages.why_it_moved)}


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of a cost; less spending is good to know, more is a ticket."""
    return findings(rows, situation, TERMS)


RULE = AnomalyRule("cost_anomaly", every="15m", queries={}, find=find, kind="cost", terms=TERMS, explains=True)
