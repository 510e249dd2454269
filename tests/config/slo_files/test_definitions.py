"""OpenSLO files as definitions."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference
from domain.slo.definition import Counted, Kind, Method, Origin, Tier
from domain.slo.period import CalendarPeriod, RollingPeriod
from domain.window import Window
from tests.config.slo_files.written import AVAILABILITY, LATENCY, changed, load

POLICY = """\
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: quick}
spec:
  severity: page
  condition: {kind: burnrate, threshold: 10.5, lookbackWindow: 1h, alertAfter: 0m}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: ours}
spec:
  alertWhenResolved: true
  conditions:
    - conditionRef: quick
    - kind: AlertCondition
      metadata: {name: slow}
      spec: {severity: ticket, condition: {threshold: 2, lookbackWindow: 1d}}
  notificationTargets:
    - targetRef: somebody
"""


def test_an_availability_over_our_requests_is_read_in_full(tmp_path: Path) -> None:
    (slo,) = load(tmp_path, a=AVAILABILITY).definitions
    assert (slo.name, slo.display_name, slo.service, slo.service_name) == (
        "chat-availability", "Chat answers", "chat", "chat",
    )  # fmt: skip
    assert (slo.owner, slo.tier, slo.method, slo.min_bad) == (
        "conversational-ai", Tier.CRITICAL, Method.OCCURRENCES, 3,
    )  # fmt: skip
    assert slo.labels == (("owner", "conversational-ai"), ("tier", "critical"))
    assert slo.windows == (RollingPeriod(minutes=28 * 1440, text="28d"),)
    (objective,) = slo.objectives
    assert (objective.target, objective.budget) == (Decimal("0.999"), Decimal("0.001"))
    assert [str(pair.factor) for pair in objective.pairs] == ["13.44", "5.6", "2.8", "1.05"]
    assert slo.key(objective) == "chat-availability"
    indicator = objective.indicator
    assert (indicator.name, indicator.kind, indicator.origin) == ("answered", Kind.AVAILABILITY, Origin.REQUESTS)
    assert indicator.filters == (("service", "chat"), ("provider", "open*"))
    assert (indicator.throttled, indicator.failed) == (Counted.INVALID, Counted.BAD)
    assert indicator.threshold_seconds is None


def test_a_latency_in_slices_of_a_calendar_month_is_read_in_full(tmp_path: Path) -> None:
    (slo,) = load(tmp_path, a=LATENCY).definitions
    assert (slo.tier, slo.method) == (Tier.STANDARD, Method.TIMESLICES)
    (period,) = slo.windows
    assert isinstance(period, CalendarPeriod)
    assert (period.count, period.unit, period.timezone) == (1, "M", "Europe/Berlin")
    assert period.span_at(datetime(2026, 11, 23, tzinfo=UTC)).start == datetime(2026, 10, 31, 23, tzinfo=UTC)
    (objective,) = slo.objectives
    assert (objective.slice_seconds, objective.slice_target) == (300, Decimal("0.9"))
    indicator = objective.indicator
    assert (indicator.kind, indicator.threshold_seconds, indicator.strict) == (Kind.LATENCY, Decimal("2.5"), False)
    assert (indicator.throttled, indicator.failed) == (Counted.INVALID, Counted.INVALID)


@pytest.mark.parametrize(
    ("written", "seconds"), [("2s", "2"), ("500ms", "0.5"), ("1.5s", "1.5"), ("2m", "120"), ("0.3", "0.3")]
)
def test_a_threshold_is_a_time_in_the_source_or_a_number_of_seconds_in_the_objective(
    tmp_path: Path, written: str, seconds: str
) -> None:
    text = changed(LATENCY, "{indicator: latency}", f"{{indicator: time_to_first_token, threshold: {written}}}")
    (slo,) = load(tmp_path, a=changed(text, "      value: 2.5\n", "")).definitions
    indicator = slo.objectives[0].indicator
    assert (indicator.kind, indicator.threshold_seconds) == (Kind.TIME_TO_FIRST_TOKEN, Decimal(seconds))


def test_every_service_is_meant_by_a_star(tmp_path: Path) -> None:
    text = changed(AVAILABILITY, "provider: open*", 'service: "*", model: gpt-?')
    assert load(tmp_path, a=text).definitions[0].objectives[0].indicator.filters == (("model", "gpt-?"),)


def test_prometheus_counts_by_queries_and_by_a_histogram_with_declared_edges(tmp_path: Path) -> None:
    source = (
        "apiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\n"
        "spec: {type: Prometheus, connectionDetails: {source: cluster}}\n"
    )
    ratio = changed(
        changed(AVAILABILITY, "            type: burnline\n            spec: {indicator: requests}",
                "            metricSourceRef: prom\n            spec: {query: 'sum(increase(all[1m]))'}"),
        "            type: burnline\n            spec: {indicator: availability, provider: open*, throttled: invalid}",
        "            metricSourceRef: prom\n            spec: {query: 'sum(increase(failed[1m]))'}",
    )  # fmt: skip
    histogram = changed(
        LATENCY, "          type: burnline\n          spec: {indicator: latency}",
        "          type: prometheus\n"
        "          spec: {source: other, query: 'sum by (le) (increase(b[1m]))', buckets: [1, 2.5, 500ms]}",
    )  # fmt: skip
    found = load(tmp_path, a=source, b=changed(ratio, "        good:\n", "        bad:\n"), c=histogram)
    assert found.problems == ()
    counted, timed = (slo.objectives[0].indicator for slo in found.definitions)
    assert (counted.kind, counted.origin, counted.source) == (Kind.EVENTS, Origin.PROMETHEUS, "cluster")
    assert (counted.good_query, counted.bad_query, counted.total_query) == (
        None, "sum(increase(failed[1m]))", "sum(increase(all[1m]))",
    )  # fmt: skip
    assert (timed.source, timed.histogram_query) == ("other", "sum by (le) (increase(b[1m]))")
    assert timed.bounds == (Decimal("0.5"), Decimal(1), Decimal("2.5"))


def test_a_plain_series_is_a_ratio_of_its_two_columns(tmp_path: Path) -> None:
    text = AVAILABILITY
    for spec in ("{indicator: availability, provider: open*, throttled: invalid}", "{indicator: requests}"):
        text = changed(text, f"            type: burnline\n            spec: {spec}",
                       "            type: series\n            spec: {path: minutes.csv}")  # fmt: skip
    indicator = load(tmp_path, a=text).definitions[0].objectives[0].indicator
    assert (indicator.origin, indicator.series_path) == (Origin.SERIES, "minutes.csv")


def test_several_windows_stand_side_by_side_and_the_first_makes_the_pairs(tmp_path: Path) -> None:
    text = changed(AVAILABILITY, "    - duration: 28d\n", "    - duration: 7d\n    - duration: 90d\n")
    (slo,) = load(tmp_path, a=text).definitions
    assert [window.text for window in slo.windows] == ["7d", "90d"]
    assert str(slo.objectives[0].pairs[0].factor) == "3.36"


def test_a_composite_has_an_indicator_and_a_weight_for_each_objective(tmp_path: Path) -> None:
    indicators = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: first-token}
spec:
  thresholdMetric:
    metricSource: {type: burnline, spec: {indicator: time_to_first_token, threshold: 1s}}
---
"""
    text = AVAILABILITY.replace("    - targetPercent: 99.9\n", "") + (
        "    - {displayName: answers, target: 0.999, compositeWeight: 2, indicatorRef: first-token}\n"
        "    - {displayName: quick, target: 0.95, op: lte, value: 1, indicatorRef: first-token}\n"
    )
    found = load(tmp_path, a=indicators + text)
    assert found.problems == ()
    (slo,) = found.definitions
    assert slo.composite
    assert [(o.name, o.weight, o.indicator.name) for o in slo.objectives] == [
        ("answers", 2, "first-token"),
        ("quick", 1, "first-token"),
    ]
    assert [slo.key(objective) for objective in slo.objectives] == [
        "chat-availability/answers", "chat-availability/quick",
    ]  # fmt: skip


def test_policies_replace_the_derived_pairs(tmp_path: Path) -> None:
    text = AVAILABILITY + "  alertPolicies:\n    - alertPolicyRef: ours\n" + POLICY
    found = load(tmp_path, a=text)
    assert found.problems == ()
    assert [str(pair) for pair in found.definitions[0].objectives[0].pairs] == [
        "page 10.5 (1h, 5m)",
        "ticket 2 (1d, 2h)",
    ]
    silent = changed(text, "  alertWhenResolved: true", "  alertWhenBreaching: false")
    assert load(tmp_path, a=silent).definitions[0].objectives[0].pairs == ()


def test_a_waiting_time_is_told_and_not_waited_for(tmp_path: Path) -> None:
    text = AVAILABILITY + "  alertPolicies:\n    - alertPolicyRef: ours\n" + POLICY
    found = load(tmp_path, a=changed(text, "alertAfter: 0m", "alertAfter: 10m"))
    assert str(found.definitions[0].objectives[0].pairs[0]) == "page 10.5 (1h, 5m)"
    assert "alertAfter 10m is not waited for" in str(found.notes[0])


def test_a_pair_that_can_never_fire_is_left_out_and_told(tmp_path: Path) -> None:
    found = load(tmp_path, a=changed(AVAILABILITY, "targetPercent: 99.9", "target: 0.9"))
    (objective,) = found.definitions[0].objectives
    assert [str(pair.factor) for pair in objective.refused] == ["13.44"]
    assert [str(pair.factor) for pair in objective.pairs] == ["5.6", "2.8", "1.05"]
    assert found.problems == ()
    assert "line 29: SLO 'chat-availability': the pair page 13.44 (1h, 5m) can never fire" in str(found.notes[0])


def test_maintenance_and_the_least_number_of_bad_events_are_annotations(tmp_path: Path) -> None:
    text = changed(AVAILABILITY, "spec:\n  description", """\
  annotations:
    other.tool/key: of no concern
    burnline/min-bad: "10"
    burnline/exclusions: |
      2026-11-07T22:00Z/2026-11-08T02:00Z database move
      2026-11-14T22:00+01:00/2026-11-14T23:00+01:00 certificates
spec:
  description""")  # fmt: skip
    found = load(tmp_path, a=text)
    assert found.problems == ()
    (slo,) = found.definitions
    assert slo.min_bad == 10
    assert [(exclusion.window, exclusion.reason) for exclusion in slo.exclusions] == [
        (Window(datetime(2026, 11, 7, 22, tzinfo=UTC), datetime(2026, 11, 8, 2, tzinfo=UTC)), "database move"),
        (Window(datetime(2026, 11, 14, 21, tzinfo=UTC), datetime(2026, 11, 14, 22, tzinfo=UTC)), "certificates"),
    ]


def test_a_service_lends_its_name_and_labels_may_be_lists(tmp_path: Path) -> None:
    service = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: chat, displayName: The chat}\nspec: {}\n"
    text = changed(AVAILABILITY, "    tier: critical\n", "    tier: critical\n    team: [a, b]\n")
    (slo,) = load(tmp_path, a=service, b=text).definitions
    assert (slo.service_name, dict(slo.labels)["team"]) == ("The chat", "a, b")


def test_the_reference_holds_slos_and_their_problems(tmp_path: Path) -> None:
    load(tmp_path, good=AVAILABILITY, wrong=changed(LATENCY, "target: 0.95", "target: 95"))
    reference = load_reference(tmp_path)
    assert [slo.name for slo in reference.slos] == ["chat-availability"]
    assert [problem.path.name for problem in reference.problems] == ["wrong.yaml"]


def test_without_a_folder_there_are_no_slos(tmp_path: Path) -> None:
    assert load_reference(tmp_path).slos == ()
