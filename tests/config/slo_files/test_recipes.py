"""SLO files that name a recipe instead of writing PromQL."""

from pathlib import Path

import pytest

from domain.slo.definition import Kind
from tests.config.slo_files.written import load, told

RATIO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: chat}
spec:
  service: chat
  indicator:
    spec:
      ratioMetric:
        bad: {metricSource: {type: prometheus, spec: {recipe: litellm, indicator: availability, labels: {team: "se*"}}}}
        total: {metricSource: {type: prometheus, spec: {recipe: litellm, indicator: requests, labels: {team: "se*"}}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""
TIME = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: fast}
spec:
  service: chat
  indicator:
    spec:
      thresholdMetric:
        metricSource: {type: prometheus, spec: {recipe: triton, indicator: time_to_first_token, prefix: edge_}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{op: lte, value: 0.5, target: 0.95}]
"""


def test_a_recipe_writes_the_queries(tmp_path: Path) -> None:
    found = load(tmp_path, chat=RATIO, fast=TIME)
    assert found.problems == ()
    chat, fast = (definition.objectives[0].indicator for definition in found.definitions)
    rejected = 'status_code!~"4(0[0-79]|[1-9][0-8]|[13-9]9)"'
    name = "litellm_proxy_total_requests_metric_total"
    assert chat.total_query == f'sum(increase({name}{{{rejected},team=~"se.*"}}[$step]))'
    assert chat.bad_query == f'sum(increase({name}{{{rejected},status_code=~"408|429|5..",team=~"se.*"}}[$step]))'
    assert chat.good_query is None
    assert (fast.kind, str(fast.unit_seconds)) == (Kind.TIME_TO_FIRST_TOKEN, "0.001")
    assert fast.histogram_query == (
        "sum by (le) (increase(edge_nv_inference_first_response_histogram_ms_bucket{}[$step]))"
    )


@pytest.mark.parametrize(
    ("text", "old", "new", "sentence"),
    [
        (TIME, "triton", "tritn", "there is no recipe 'tritn'; use one of vllm, triton, litellm, otel_genai"),
        (TIME, "time_to_first_token", "latency", "triton has no histogram of latency; write a query of your own"),
        (TIME, "indicator: time_to_first_token", "indicator: requests", "a threshold is for a time"),
        (TIME, "recipe: triton, ", "", "indicator, labels and prefix belong to a recipe; name one, or remove them"),
        (TIME, "prefix: edge_", "query: up", "a recipe writes the query itself; keep one of the two"),
        (TIME, "recipe: triton", "recipe: vllm, prefix: a", ""),
        (RATIO, "indicator: requests", "indicator: latency", "latency is no ratio; write indicator: availability"),
    ],
    ids=["name", "kind", "no time", "no recipe", "two", "twice a key", "no ratio"],
)
def test_what_is_wrong_with_a_recipe_is_one_sentence(
    tmp_path: Path, text: str, old: str, new: str, sentence: str
) -> None:
    (problem,) = told(load(tmp_path, one=text.replace(old, new)), tmp_path)
    assert sentence in problem


def test_a_threshold_must_be_an_edge_that_the_recipe_knows(tmp_path: Path) -> None:
    text = TIME.replace("triton, indicator: time_to_first_token", "vllm, indicator: latency").replace("0.5", "0.6")
    (problem,) = told(load(tmp_path, one=text), tmp_path)
    assert "the threshold 0.6 s is no edge of these buckets" in problem
