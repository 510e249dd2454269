"""More requests of a day failed or were throttled than chance explains. One alert per incident, at the highest level
that moved."""

from collections.abc import Mapping, Sequence

from alerts import pages
from alerts.base import Finding, Row, Situation
from alerts.detection.findings import findings
from alerts.detection.rule import AnomalyRule
from alerts.detection.terms import Terms, share

TERMS = {"error_rate": Terms("Error rate", "ticket", "info", share, pages.failures, is_money=False)}


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of an error rate; fewer errors never alert."""
    return findings(rows, situation, TERMS)


RULE = AnomalyRule("error_anomaly", every="15m", queries={}, find=find, kind="promise", terms=TERMS)
