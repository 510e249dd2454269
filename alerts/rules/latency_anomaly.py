"""The 95th percentile of a day's answers left its past. One alert per incident, at the highest level that moved."""

from collections.abc import Mapping, Sequence

from alerts import pages
from alerts.base import Finding, Row, Situation
from alerts.detection.findings import findings
from alerts.detection.rule import AnomalyRule
from alerts.detection.terms import Terms, seconds

TERMS = {"latency_p95": Terms("P95 latency", "ticket", "info", seconds, pages.latency, is_money=False)}


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of a latency; quicker answers are good to know, for errors are quick too."""
    return findings(rows, situation, TERMS)


RULE = AnomalyRule("latency_anomaly", every="15m", queries={}, find=find, kind="promise", terms=TERMS)
