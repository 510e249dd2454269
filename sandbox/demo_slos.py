"""The promises that the company's people have written down, as files of OpenSLO."""

from __future__ import annotations

from pathlib import Path

from sandbox.gateway import BURN_SERVICE, OUTAGE_SERVICE, QUIET_SERVICE

PARSER_SLO = "contract-parser-availability"

_HEAD = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}
  displayName: {title}
  labels: {{tier: {tier}, owner: {owner}}}
spec:
  description: {description}
  service: {service}
  indicator:
    spec:
"""
_TAIL = """\
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - {objective}
"""
_AVAILABILITY = """\
      ratioMetric:
        good: {metricSource: {type: burnline, spec: {indicator: availability}}}
        total: {metricSource: {type: burnline, spec: {indicator: requests}}}
"""
_LATENCY = """\
      thresholdMetric:
        metricSource: {type: burnline, spec: {indicator: latency}}
"""
_PARSER = """\
      ratioMetric:
        bad: {metricSource: {type: prometheus, spec: {recipe: vllm, indicator: availability}}}
        total: {metricSource: {type: prometheus, spec: {recipe: vllm, indicator: requests}}}
"""

_FILES = (
    (
        "support-assistant-availability", "Support assistant answers", "critical", "customer-care",
        "Requests to the support assistant that get an answer", OUTAGE_SERVICE, _AVAILABILITY, "target: 0.995",
    ),
    (
        "support-assistant-latency", "Support assistant answers in time", "critical", "customer-care",
        "Answers of the support assistant within five seconds", OUTAGE_SERVICE, _LATENCY,
        "{op: lte, value: 5, target: 0.95}",
    ),
    (
        "semantic-search-availability", "Semantic search answers", "critical", "discovery",
        "Requests of the semantic search that get an answer", BURN_SERVICE, _AVAILABILITY, "target: 0.995",
    ),
    (
        "research-desk-availability", "Research desk answers", "internal", "workplace",
        "Requests of the research desk that get an answer, few of them", QUIET_SERVICE, _AVAILABILITY, "target: 0.99",
    ),
    (
        PARSER_SLO, "Contract parser answers", "standard", "back-office",
        "Calls of the contract parser that its own server answers", "contract-parser", _PARSER, "target: 0.9",
    ),
)  # fmt: skip


def write_slos(folder: Path) -> None:
    """Write one file for each promise into `folder`/slos."""
    slos = folder / "slos"
    slos.mkdir(exist_ok=True)
    for name, title, tier, owner, description, service, indicator, objective in _FILES:
        head = _HEAD.format(name=name, title=title, tier=tier, owner=owner, description=description, service=service)
        (slos / f"{name}.yaml").write_text(head + indicator + _TAIL.format(objective=objective), encoding="utf-8")
