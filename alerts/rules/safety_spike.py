"""More interactions of a day broke a policy than chance explains. One alert per incident, at the highest level that
moved."""

from collections.abc import Mapping, Sequence

from alerts import pages
from alerts.base import Finding, Row, Situation
from alerts.detection.findings import findings
from alerts.detection.rule import AnomalyRule
from alerts.detection.terms import Terms, share

TERMS = {"safety_rate": Terms("Safety violation rate", "ticket", "info", share, pages.safety, is_money=False)}


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of a rate of violations; fewer of them never alert."""
    return findings(rows, situation, TERMS)


RULE = AnomalyRule("safety_spike", every="15m", queries={}, find=find, kind="safety", terms=TERMS)
