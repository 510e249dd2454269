"""Service level objectives for tests."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from domain.slo.definition import Exclusion, Indicator, Kind, Method, Objective, Origin, SloDefinition, Tier
from domain.slo.pairs import default_pairs
from domain.slo.period import RollingPeriod

MONTH = RollingPeriod(minutes=43_200, text="30d")


def indicator(kind: Kind = Kind.AVAILABILITY, **more: Any) -> Indicator:
    """Over our own requests."""
    return Indicator(name="sli", kind=kind, origin=Origin.REQUESTS, **more)


def slo(name: str, of: Indicator, *exclusions: Exclusion, target: str = "0.99") -> SloDefinition:
    """One objective over 30 days with the usual pairs of windows."""
    objective = Objective(name="objective", target=Decimal(target), indicator=of, pairs=default_pairs(MONTH.minutes))
    return SloDefinition(
        name=name,
        display_name=name.title(),
        service="checkout",
        service_name="Checkout",
        description="",
        owner="ai-platform",
        tier=Tier.CRITICAL,
        method=Method.OCCURRENCES,
        objectives=(objective,),
        windows=(MONTH,),
        exclusions=exclusions,
    )


HEAD = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}
  displayName: {shown}
  labels: {{tier: critical, owner: platform}}
spec:
  service: assistants
"""
TAIL = """\
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{{objective}}}]
"""
ANSWERED = """\
  indicator:
    metadata: {name: answered}
    spec:
      ratioMetric:
        good: {metricSource: {type: burnline, spec: {indicator: availability}}}
        total: {metricSource: {type: burnline, spec: {indicator: requests}}}
"""
FAST = """\
  indicator:
    metadata: {name: fast}
    spec:
      thresholdMetric: {metricSource: {type: burnline, spec: {indicator: latency}}}
"""


def write_slos(config: Path) -> None:
    """Two files over the seeded requests: one in seven fails, three of five answers take at most two seconds."""
    folder = config / "slos"
    folder.mkdir()
    answers = HEAD.format(name="slo-availability", shown="Assistants answer") + ANSWERED
    answers += TAIL.format(objective="target: 0.99")
    speed = HEAD.format(name="slo-latency", shown="Assistants are fast") + FAST
    speed += TAIL.format(objective="target: 0.5, op: lte, value: 2")
    (folder / "answers.yaml").write_text(answers, encoding="utf-8")
    (folder / "speed.yaml").write_text(speed, encoding="utf-8")
