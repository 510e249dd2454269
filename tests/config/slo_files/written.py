"""SLO files as an operator writes them."""

from pathlib import Path

from config.slo_files.loading import SloFiles, load_slos

AVAILABILITY = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: chat-availability
  displayName: Chat answers
  labels:
    tier: critical
    owner: conversational-ai
spec:
  description: Requests that get an answer
  service: chat
  indicator:
    metadata:
      name: answered
    spec:
      ratioMetric:
        good:
          metricSource:
            type: burnline
            spec: {indicator: availability, provider: open*, throttled: invalid}
        total:
          metricSource:
            type: burnline
            spec: {indicator: requests}
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - targetPercent: 99.9
"""

LATENCY = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: chat-latency}
spec:
  service: chat
  indicator:
    spec:
      thresholdMetric:
        metricSource:
          type: burnline
          spec: {indicator: latency}
  timeWindow:
    - duration: 1M
      calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}
  budgetingMethod: Timeslices
  objectives:
    - displayName: fast
      op: lte
      value: 2.5
      target: 0.95
      timeSliceTarget: 0.9
      timeSliceWindow: 5
"""


def load(folder: Path, **files: str) -> SloFiles:
    """The SLOs of files in `slos/`, by name without ending."""
    for name, text in files.items():
        path = folder / "slos" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_slos(folder)


def told(found: SloFiles, folder: Path) -> list[str]:
    """The problems without the folder."""
    return [str(problem).removeprefix(f"{folder / 'slos'}/") for problem in found.problems]


def changed(text: str, old: str, new: str) -> str:
    """The text with one part replaced, which must be there once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)
