"""MLflow's runs as evaluations: scales, versions, metrics that are no number, runs that never ended, pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import orjson
import pytest
from pydantic import ValidationError

from collectors.base import Api
from collectors.errors import DataError, FatalError
from collectors.refusals import RefusedError
from collectors.sources.mlflow import SOURCE
from domain.window import Window
from store.tables import Evaluation
from tests.collectors.conftest import Vendor

RUNS, EXPERIMENTS = "/api/2.0/mlflow/runs/search", "/api/2.0/mlflow/experiments/search"
DAY = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
SCALE = {"minimum": 0, "maximum": 1}
SETTINGS: dict[str, Any] = {"base_url": "https://mlflow.example.com", "experiments": ["assistant-eval"]}

Made = Callable[..., Api]


@pytest.fixture
def told(vendor: Vendor, recorded: Any) -> Vendor:
    vendor.says(EXPERIMENTS, recorded("mlflow/experiments"))
    vendor.says(RUNS, recorded("mlflow/runs_first_page"), recorded("mlflow/runs_last_page"))
    return vendor


def read(api_of: Made, window: Window = DAY, **settings: Any) -> list[Evaluation]:
    return list(SOURCE.collect(window, api_of(SOURCE, **SETTINGS, **settings)))


def asked(vendor: Vendor, path: str) -> list[dict[str, Any]]:
    return [orjson.loads(request.content) for request in vendor.asked if request.url.path == path]


def one_run(recorded: Any, **metrics: Any) -> dict[str, Any]:
    """The page of one finished run with these metrics."""
    run = recorded("mlflow/runs_first_page")["runs"][0]
    run["data"]["metrics"] = [{"key": name, "value": value} for name, value in metrics.items()]
    return {"runs": [run]}


def test_a_metric_of_a_run_is_an_evaluation_of_the_version_its_tags_name(told: Vendor, api_of: Made) -> None:
    faithful = {**SCALE, "task": "answers", "variance": "faithfulness/variance"}
    rows = read(api_of, metrics={"faithfulness/mean": faithful}, fields={"sample_count": "items"})
    assert rows[0] == Evaluation(
        source="mlflow",
        evaluation_id="ed376e0735e84b2cb73f5a9badaf7301/faithfulness/mean",
        evaluated_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
        kind="automated",
        task="answers",
        metric="faithfulness/mean",
        value=0.91,
        score=0.91,
        score_stddev=0.2,
        sample_count=200,
        passed=True,
        evaluator="judge-a",
        run_id="ed376e0735e84b2cb73f5a9badaf7301",
        feature="assistant",
        model="model-x",
        version="assistant-v3",
    )


def test_what_is_no_number_is_kept_without_a_value(told: Vendor, api_of: Made) -> None:
    rows = {row.metric: row for row in read(api_of, metrics={"faithfulness/m*": SCALE}) if row.kind == "regression"}
    assert [(row.value, row.score, row.version) for row in rows.values()] == [(None, None, "assistant-v4")] * 2
    assert rows.keys() == {"faithfulness/mean", "faithfulness/max"}


def test_without_a_scale_there_is_a_value_and_no_score(told: Vendor, api_of: Made) -> None:
    rows = {row.metric: row for row in read(api_of) if row.version == "assistant-v3"}
    assert rows.keys() == {"faithfulness/mean", "faithfulness/variance", "items"}
    assert (rows["items"].value, rows["items"].score, rows["items"].task) == (200, None, "items")


@pytest.mark.parametrize(
    ("scale", "score"),
    [
        ({"minimum": 1, "maximum": 5}, 0.5),
        ({"minimum": 0, "maximum": 4, "higher_is_better": False}, 0.25),
        ({"minimum": 3, "maximum": 4}, 0.0),
    ],
)
def test_a_scale_is_stretched_to_zero_to_one(
    vendor: Vendor, recorded: Any, api_of: Made, scale: dict[str, Any], score: float
) -> None:
    vendor.says(EXPERIMENTS, recorded("mlflow/experiments"))
    vendor.says(RUNS, one_run(recorded, grade=3))
    assert [row.score for row in read(api_of, metrics={"grade": scale})] == [score]


def test_a_value_outside_its_scale_is_set_aside_with_a_sentence(vendor: Vendor, recorded: Any, api_of: Made) -> None:
    vendor.says(EXPERIMENTS, recorded("mlflow/experiments"))
    vendor.says(RUNS, one_run(recorded, grade=7, other=1))
    api = api_of(SOURCE, **SETTINGS, metrics={"*": {"minimum": 0, "maximum": 5, "kind": "regression"}})
    assert [(row.metric, row.kind) for row in SOURCE.collect(DAY, api)] == [("other", "regression")]
    assert [row.reason for row in api.rejected] == ["7 is not on the scale from 0 to 5; correct it"]


def test_a_kind_nobody_knows_is_set_aside(told: Vendor, api_of: Made) -> None:
    api = api_of(SOURCE, **SETTINGS, fields={"kind": "judge"})
    assert list(SOURCE.collect(DAY, api)) == []
    assert {row.reason for row in api.rejected} == {
        "the kind 'judge-a' is none of automated, regression, human, online; correct the tag judge"
    }


def test_only_finished_runs_of_the_window_are_asked_for_in_order_of_their_end(told: Vendor, api_of: Made) -> None:
    read(api_of)
    first, second = asked(told, RUNS)
    assert first["experiment_ids"] == ["1"]
    span = "attributes.end_time >= 1793491200000 AND attributes.end_time < 1793577600000"
    assert first["filter"] == f"attributes.status = 'FINISHED' AND {span}"
    assert (first["order_by"], first["max_results"]) == (["attributes.end_time ASC"], 1000)
    assert second == {**first, "page_token": "eyJvZmZzZXQiOiAyfQ=="}


def test_a_run_that_comes_twice_or_never_ended_adds_nothing(vendor: Vendor, recorded: Any, api_of: Made) -> None:
    vendor.says(EXPERIMENTS, recorded("mlflow/experiments"))
    first = recorded("mlflow/runs_first_page")
    endless = one_run(recorded, grade=1)["runs"][0]
    endless["info"] = {"run_id": "endless", "status": "RUNNING"}
    vendor.says(RUNS, first, {"runs": [first["runs"][1], endless]})
    keys = [row.evaluation_id for row in read(api_of)]
    assert (len(keys), len(set(keys))) == (5, 5)


def test_a_run_at_the_windows_end_belongs_to_the_next(told: Vendor, api_of: Made) -> None:
    end = datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert read(api_of, Window(DAY.start, end)) == []


def test_a_token_that_comes_twice_is_refused(vendor: Vendor, recorded: Any, api_of: Made) -> None:
    vendor.says(EXPERIMENTS, recorded("mlflow/experiments"))
    vendor.says(RUNS, recorded("mlflow/runs_first_page"))
    with pytest.raises(DataError, match="the page token came twice"):
        read(api_of)


def test_an_experiment_the_server_lacks_is_named(told: Vendor, api_of: Made) -> None:
    with pytest.raises(FatalError, match="has no experiment 'gone'"):
        list(SOURCE.collect(DAY, api_of(SOURCE, **{**SETTINGS, "experiments": ["1", "gone"]})))


def test_a_refusal_says_what_the_server_said(told: Vendor, recorded: Any, api_of: Made) -> None:
    told.says(RUNS, httpx2.Response(400, json=recorded("mlflow/error_400")))
    with pytest.raises(RefusedError, match="Invalid clause"):
        read(api_of)


def test_a_server_without_a_key_is_asked_without_one(told: Vendor, api_of: Made) -> None:
    SOURCE.check(api_of(SOURCE, **{**SETTINGS, "api_key": None}))
    assert "authorization" not in told.asked[0].headers
    SOURCE.check(api_of(SOURCE, **SETTINGS, auth="basic"))
    assert told.asked[-1].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"metrics": {"a": {"minimum": 1}}}, "give both minimum and maximum"),
        ({"metrics": {"a": {"minimum": 1, "maximum": 1}}}, "minimum must be less"),
        ({"fields": {"colour": "tag"}}, "'colour' is none of task"),
        ({"experiments": []}, "at least 1 item"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        SOURCE.settings.model_validate({**SETTINGS, **wrong})
