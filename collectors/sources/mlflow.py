"""Evaluations from an MLflow tracking server, or Databricks. Grain: one metric of one finished run.

A run belongs to the window it ended in; one that never ended is no evaluation. What it evaluated (feature, version)
and who judged are tags or parameters of the run, named by `fields`. A metric that is not a number is kept without a
value; one outside its scale is set aside. Inputs, outputs, artifacts and traces are not asked for.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, get_args

from pydantic import Field, field_validator

from collectors.base import Api, Endpoint, Source, SourceSettings
from collectors.errors import DataError
from collectors.evaluation_settings import Kind, Metric, metric_of
from collectors.fields import Row, part, required_text
from collectors.mlflow_runs import RUNS, ended_at, experiment_ids, finished_runs, labels_of, metrics_of
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from domain.window import Window
from store.tables import Evaluation

TEXTS = ("task", "kind", "feature", "team", "model", "version", "evaluator", "evaluator_version")
USUAL = {name: name for name in (*TEXTS, "passed", "sample_count")} | {
    "evaluator": "judge",
    "evaluator_version": "judge_version",
}
"""Column → the tag or parameter that fills it, unless the settings say otherwise."""
YES, NO = ("true", "yes", "1", "passed", "pass"), ("false", "no", "0", "failed", "fail")


class RunMetric(Metric):
    """Adds `variance`: the metric of the same run that holds the variance of this one over its items."""

    variance: str | None = Field(default=None, min_length=1)


class MlflowSettings(SourceSettings):
    """`experiments`: names or ids. `metrics`: glob of a metric → its scale; the first that matches counts, what none
    matches is left out, and without any all are loaded without a scale. `fields`: column → name of a tag or parameter;
    `sample_count` may also be a metric. `api_key` is a token or, with `auth = "basic"`, user:password."""

    base_url: SafeUrl
    experiments: tuple[str, ...] = Field(min_length=1)
    api_key: SecretReference | None = None
    auth: Literal["bearer", "basic"] = "bearer"
    metrics: dict[str, RunMetric] = Field(default_factory=lambda: {"*": RunMetric()}, min_length=1)
    fields: dict[str, str] = Field(default_factory=dict, validate_default=True)

    @field_validator("fields")
    @classmethod
    def _known_columns(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(value.keys() - USUAL.keys())
        if unknown:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(USUAL)}")
        return USUAL | value


def endpoint(settings: MlflowSettings) -> Endpoint:
    """The tracking server, or a Databricks workspace; a server of one's own often asks for no key."""
    form = "Bearer {secret}" if settings.auth == "bearer" else "Basic {secret_base64}"
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key or "",
        headers={"Authorization": form} if settings.api_key else {},
        credential="token" if settings.auth == "bearer" else "user and password",
    )


def collect(window: Window, api: Api) -> Iterator[Evaluation]:
    """The wanted metrics of runs that ended in the window. Raises CollectorError."""
    where = f"{api.name} {RUNS}"
    for run in finished_runs(api, experiment_ids(api, api.settings.experiments), window):
        yield from _evaluations(api, run, where)


def check(api: Api) -> None:
    """The experiments are there, and runs may be listed."""
    experiments = experiment_ids(api, api.settings.experiments)
    next(finished_runs(api, experiments, Window(api.now - timedelta(hours=1), api.now)), None)


def _evaluations(api: Api, run: Row, where: str) -> Iterator[Evaluation]:
    key = required_text(part(run, "info", where), "run_id", where)
    ended = ended_at(run, where)
    assert ended is not None
    found = metrics_of(run, where)
    for name in found:
        metric = metric_of(api.settings.metrics, name)
        if metric is None:
            continue
        try:
            yield _evaluation(api, key, ended, name, metric, found, labels_of(run, where))
        except DataError as error:
            api.set_aside(f"run {key}, metric {name}", 1, str(error))


def _evaluation(
    api: Api,
    key: str,
    ended: datetime,
    name: str,
    metric: RunMetric,
    found: dict[str, float | None],
    labels: dict[str, str],
) -> Evaluation:
    fields: dict[str, str] = api.settings.fields
    told = {column: labels.get(fields[column]) or None for column in TEXTS}
    kind = metric.kind or told["kind"] or "automated"
    if kind not in get_args(Kind):
        raise DataError(f"the kind {kind!r} is none of {', '.join(get_args(Kind))}; correct the tag {fields['kind']}")
    value, variance = found[name], found.get(metric.variance or "")
    return Evaluation(
        source=api.name,
        evaluation_id=f"{key}/{name}",
        evaluated_at=ended,
        kind=kind,
        task=metric.task or told["task"] or name,
        metric=name,
        value=value,
        score=None if value is None else metric.score(value),
        score_stddev=None if variance is None or variance < 0 else metric.spread(variance**0.5),
        sample_count=_samples(found.get(fields["sample_count"]), labels.get(fields["sample_count"])),
        passed=_flag(labels.get(fields["passed"])),
        evaluator=told["evaluator"],
        evaluator_version=told["evaluator_version"],
        run_id=key,
        feature=told["feature"],
        team=told["team"],
        model=told["model"],
        version=told["version"],
    )


def _samples(measured: float | None, labelled: str | None) -> int | None:
    """How many items were evaluated, by a metric or a label."""
    if measured is not None and measured >= 0 and measured.is_integer():
        return int(measured)
    return int(labelled) if labelled and labelled.isascii() and labelled.isdigit() and len(labelled) < 16 else None


def _flag(word: str | None) -> bool | None:
    """Passed or failed; what is neither stays unknown."""
    lower = (word or "").strip().lower()
    return True if lower in YES else False if lower in NO else None


SOURCE = Source(
    name="mlflow",
    title="MLflow evaluations",
    role="metrics",
    writes=Evaluation,
    settings=MlflowSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="7d",
    chunk="183d",
)
