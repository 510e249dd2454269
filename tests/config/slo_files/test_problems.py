# ruff: noqa: E501
"""SLO files that cannot be used: one sentence with file, line and what to do, and the good ones stand."""

from pathlib import Path

import pytest

from config.slo_files.loading import load_slos
from tests.config.slo_files.written import AVAILABILITY, LATENCY, changed, load, told

POLICY = """\
  alertPolicies:
    - kind: AlertPolicy
      metadata: {name: ours}
      spec:
        conditions:
          - kind: AlertCondition
            metadata: {name: quick}
            spec: {severity: page, condition: {threshold: 6, lookbackWindow: 1h}}
"""
PROMETHEUS = changed(
    LATENCY, "          type: burnline\n          spec: {indicator: latency}",
    "          type: prometheus\n          spec: {query: b, buckets: [1, 2.5]}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("openslo/v1", "openslo/v1alpha", "line 1: apiVersion is 'openslo/v1alpha'; Burnline reads openslo/v1"),
        ("kind: SLO", "kind: Slo", "line 2: kind is 'Slo'; use one of SLO, SLI, Service, AlertPolicy, "),
        ("  service: chat\n", "", "line 9: the key 'spec.service' is missing; add it"),
        ("  service:", "  sevrice:", "line 11: unknown key 'spec.sevrice'; did you mean 'service'?"),
        ("targetPercent: 99.9", "goal: 99.9", "line 30: unknown key 'spec.objectives.0.goal'; check its spelling"),
        ("targetPercent: 99.9", "targetPercent: 100", "line 30: spec.objectives.0.targetPercent: input should be less"),
        ("targetPercent: 99.9", "target: 0", "line 30: spec.objectives.0.target: input should be greater than 0"),
        ("targetPercent: 99.9", "displayName: x", "an objective has a target or a targetPercent; write one"),
        ("targetPercent: 99.9", "target: 1:30", "line 30: spec.objectives.0.target: input should be a valid decimal"),
        ("targetPercent: 99.9", "target: .nan", "line 30: spec.objectives.0.target: input should be a valid decimal"),
        ("name: chat-availability", "name: Chat availability", "line 4: metadata.name: string should match pattern"),
        ("tier: critical", "tier: gold", "line 7: SLO 'chat-availability': the tier 'gold' is unknown; use critical, "),
        ("28d", "28", "line 26: SLO 'chat-availability': '28' is not a duration; write a whole number and m, h, d"),
        ("28d", "1M", "line 26: SLO 'chat-availability': a rolling window has a fixed length; write 30d instead of 1M"),
        ("28d", "1m", "a window of 1m is too short for a promise; write an hour or more; a month is 1M"),
        ("isRolling: true", "isRolling: false", "a window that is not rolling needs calendar: with startTime and"),
        ("Occurrences", "Occurences", "line 28: spec.budgetingMethod: input should be 'Occurrences', 'Timeslices' or"),
        ("Occurrences", "Timeslices", "Timeslices needs timeSliceWindow, such as 5m; add it"),
        ("provider: open*", "provder: open*", "line 20: SLO 'chat-availability': unknown key 'provder'; did you mean"),
        ("throttled: invalid", "throttled: maybe", "throttled: input should be 'bad', 'good' or 'invalid', not 'maybe'"),
        ("availability, ", "availability, threshold: 2s, ", "availability has no threshold; remove it"),
        ("indicator: requests", "indicator: latency", "line 24: SLO 'chat-availability': the total of availability is"),
        ("{indicator: requests}", "{indicator: requests, provider: x}", "total counts other requests than good does"),
        ("        good:\n", "        raw:\n", "a ready-made ratio (raw) cannot be added up; give good or bad beside"),
        ("    - targetPercent: 99.9\n", "    - targetPercent: 99.9\n      timeSliceWindow: 5m\n", "timeSliceWindow is for"),
        ("    - targetPercent: 99.9\n", "    - targetPercent: 99.9\n      compositeWeight: 2\n", "nothing to be weighed"),
        ("    - targetPercent: 99.9\n", "    - targetPercent: 99.9\n      indicatorRef: nowhere\n", "no SLI is called 'nowhere'"),
        ("    - targetPercent: 99.9\n", "    - {target: 0.9, displayName: a}\n    - {target: 0.8, displayName: a}\n", "two objectives are"),
        ("\n    tier: critical", "\n    tier: critical\n    tier: standard", "line 8: the key 'tier' stands in line 7 already"),
        ("\n    tier: critical", "\n\ttier: critical", "line 7: this is no YAML: "),
        ("description: Requests", "description: *nobody Requests", "line 10: this is no YAML: "),
        ("\nspec:\n  desc", "\n  annotations: {burnline/minbad: '2'}\nspec:\n  desc", "line 9: SLO 'chat-availability': the annotation"),
        ("\nspec:\n  desc", "\n  annotations: {burnline/min-bad: '0'}\nspec:\n  desc", "'0' is not a whole number of bad events"),
        ("\nspec:\n  desc", "\n  annotations: {burnline/exclusions: yesterday}\nspec:\n  desc", "write FROM/TO why"),
        ("\nspec:\n  desc", "\n  annotations: {burnline/exclusions: 2026-11-02/2026-11-01 x}\nspec:\n  desc", "ends before it begins"),
        ("\nspec:\n  desc", "\n  annotations: {burnline/exclusions: 2026-11-01/2026-11-02}\nspec:\n  desc", "say why behind it"),
        ("\nspec:\n  desc", "\n  annotations: {burnline/exclusions: a/b c}\nspec:\n  desc", "are times in ISO 8601"),
    ],
)  # fmt: skip
def test_a_wrong_slo_is_told_with_its_line_and_the_other_file_stands(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    found = load(tmp_path, a=changed(AVAILABILITY, old, new), b=LATENCY)
    problems = told(found, tmp_path)
    assert [slo.name for slo in found.definitions] == ["chat-latency"]
    assert all(problem.startswith("a.yaml: line ") and "\n" not in problem for problem in problems)
    assert any(sentence in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("      value: 2.5\n", "", "line 11: SLO 'chat-latency': which time is good is missing; write threshold: 2s"),
        ("op: lte", "op: gte", "a time is good when it is short; write op: lte in the objective"),
        ("{indicator: latency}", "{indicator: latency, threshold: 3s}", "is 3 s here and 2.5 s in the objective; keep"),
        ("{indicator: latency}", "{indicator: latency, threshold: 3h}", "'3h' is not a time up to a day, such as 2s"),
        ("{indicator: latency}", "{indicator: availability}", "availability has no threshold; write it as a ratio"),
        ("{indicator: latency}", "{indicator: speed}", "line 11: SLO 'chat-latency': indicator: input should be 'av"),
        ("type: burnline", "type: Datadog", "line 10: SLO 'chat-latency': Burnline cannot ask a source of the type 'Da"),
        ("          type: burnline\n", "", "the type of the source is missing; write type: burnline, prometheus, ser"),
        ("type: burnline", "metricSourceRef: prom", "no DataSource is called 'prom'; declare it in this folder or"),
        ("type: burnline", "type: series", "a series holds good and total; write it as a ratioMetric"),
        ("Europe/Berlin", "Mars/Base", "line 14: SLO 'chat-latency': timeZone 'Mars/Base' is no IANA time zone such"),
        ("2026-01-01 00:00:00", "January", "startTime 'January' is no time such as 2026-01-01 00:00:00"),
        ("2026-01-01 00:00:00", "2026-01-01T00:00:00Z", "startTime has a zone of its own; write the local time"),
        ("2026-01-01 00:00:00", "2026-01-01 00:00:30", "is no whole minute from 1970 to 2899"),
        ("      calendar: {", "      isRolling: true\n      calendar: {", "rolling or follows a calendar; remove isR"),
        ("      timeSliceTarget: 0.9\n", "", "Timeslices needs timeSliceTarget, the ratio from which a slice is good"),
        ("Timeslices", "RatioTimeslices", "RatioTimeslices takes the mean of ratios, without a target; remove it"),
        ("timeSliceWindow: 5", "timeSliceWindow: soon", "line 22: SLO 'chat-latency': 'soon' is not a duration"),
        ("timeSliceWindow: 5", "timeSliceWindow: 20d", "slices of 20d hardly fit into a window of 1M; write a shorter"),
    ],
)  # fmt: skip
def test_a_wrong_latency_is_told(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    found = load(tmp_path, a=changed(LATENCY, old, new))
    assert found.definitions == ()
    assert sentence in told(found, tmp_path)[0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("threshold: 6", "threshold: 1", "a burn rate above 1 is inside the budget; write a threshold above 1, or"),
        ("threshold: 6", "threshold: 0.933", "a burn rate above 0.933 is inside the budget"),
        ("threshold: 6", "threshold: 1001", "can never be: with this target a total outage burns at 1000; write a"),
        ("threshold: 6", "threshold: 1000", "a burn rate above 1000 can never be"),
        ("severity: page", "severity: sev1", "the severity 'sev1' is unknown; use page, ticket, info"),
        ("lookbackWindow: 1h", "lookbackWindow: 40d", "the lookback window 40d is longer than the SLO's own window"),
        ("lookbackWindow: 1h", "lookbackWindow: 1M", "in the alert condition '1M' has no fixed length; write it in m"),
        ("            spec: {sev", "            conditionRef: x\n            spec: {sev", "write one of the two"),
        ("    - kind: AlertPolicy\n", "    - alertPolicyRef: none\n    - kind: AlertPolicy\n", "no AlertPolicy is called"),
        ("    - kind: AlertPolicy\n", "    - kind: AlertPolicy\n      alertPolicyRef: x\n", "write one of the two"),
        ("            spec: {severity: page, condition: {threshold: 6, lookbackWindow: 1h}}\n",
         "            conditionRef: none\n", "unknown key"),
    ],
)  # fmt: skip
def test_an_alert_that_is_of_no_use_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    if sentence == "unknown key":
        new, sentence = "            conditionRef: none\n", "no AlertCondition is called 'none'"
    found = load(tmp_path, a=AVAILABILITY + changed(POLICY, old, new))
    assert found.definitions == ()
    assert sentence in told(found, tmp_path)[0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("value: 2.5", "value: 2", "line 11: SLO 'chat-latency': the threshold 2 s is no edge of these buckets, so what "
         "lies below it cannot be counted; take one of 1, 2.5"),
        ("op: lte", "op: lt", "buckets count what is at most their edge; write op: lte"),
        ("query: b, ", "", "query: field required"),
    ],
)  # fmt: skip
def test_a_threshold_that_is_no_bucket_edge_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert load(tmp_path, a=PROMETHEUS).problems == ()
    found = load(tmp_path, a=changed(PROMETHEUS, old, new))
    assert found.definitions == ()
    assert sentence.replace("query: field required", "the key 'query' is missing") in told(found, tmp_path)[0]


def test_a_raw_counter_of_prometheus_is_refused(tmp_path: Path) -> None:
    text = AVAILABILITY
    for spec in ("{indicator: availability, provider: open*, throttled: invalid}", "{indicator: requests}"):
        text = changed(
            text, f"type: burnline\n            spec: {spec}", "type: prometheus\n            spec: {query: c}"
        )
    found = load(tmp_path, a=changed(text, "      ratioMetric:\n", "      ratioMetric:\n        counter: true\n"))
    assert (
        "line 17: SLO 'chat-availability': counter: true needs increases; write sum(increase("
        in told(found, tmp_path)[0]
    )


def test_a_name_is_given_once(tmp_path: Path) -> None:
    found = load(tmp_path, a=AVAILABILITY, b=changed(AVAILABILITY, "99.9", "99"))
    assert [str(slo.objectives[0].target) for slo in found.definitions] == ["0.999"]
    assert told(found, tmp_path) == [
        "b.yaml: line 4: SLO 'chat-availability': the name is taken by a.yaml line 4; choose another"
    ]


def test_every_fault_of_a_document_is_told_at_once(tmp_path: Path) -> None:
    text = changed(changed(AVAILABILITY, "targetPercent: 99.9", "target: 2"), "  service: chat\n", "  owner: me\n")
    lines = [problem.split(":")[1] for problem in told(load(tmp_path, a=text), tmp_path)]
    assert lines == [" line 9", " line 11", " line 30"]


def test_a_wrong_document_does_not_take_the_others_of_its_file_along(tmp_path: Path) -> None:
    text = changed(AVAILABILITY, "99.9", "0") + "---\n" + LATENCY + "---\n- a list\n---\nkind: [broken\n"
    found = load(tmp_path, a=text)
    assert [slo.name for slo in found.definitions] == ["chat-latency"]
    assert len(found.problems) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "the file holds bytes that are no text in UTF-8; save it as UTF-8"),
        (b"a: \x07", "the file holds bytes that are no text in UTF-8; save it as UTF-8"),
        (b"x" * 1_000_001, "the file is larger than a megabyte; split it"),
        (b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
        (b"- " * 200_000, "nested too deeply"),
        (b"a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
         b"d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e]\n",
         "the document holds too many values to be an SLO; look for repeated aliases"),
        (b"a: &a\n  b: *a\n", "the document contains itself"),
    ],
    ids=["bytes", "control", "large", "brackets", "dashes", "aliases", "recursive"],
)  # fmt: skip
def test_a_file_that_is_no_slo_at_all_is_told(tmp_path: Path, content: bytes, sentence: str) -> None:
    load(tmp_path, b=AVAILABILITY)
    (tmp_path / "slos" / "a.yml").write_bytes(content)
    found = load_slos(tmp_path)
    assert [slo.name for slo in found.definitions] == ["chat-availability"]
    assert len(found.problems) == 1
    assert sentence in str(found.problems[0])


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, a="", b="# only a comment\n", c="---\n---\n").problems == ()


def test_secrets_do_not_stand_in_a_data_source(tmp_path: Path) -> None:
    source = "apiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\n" \
        "spec: {type: Prometheus, connectionDetails: {token: abc}}\n"  # fmt: skip
    (problem,) = told(load(tmp_path, a=source), tmp_path)
    assert "address and secret stand in burnline.toml" in problem
    assert "abc" not in problem
