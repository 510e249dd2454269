"""Evaluations from Langfuse's scores. Grain: UTC day × name of the score × its source × environment × score config.

A row is the mean of a day's scores, stamped with the day's start. The scale of a NUMERIC score is that of the
settings, else of its score config; a BOOLEAN one is 0 or 1; one with categories is left out unless the settings say
what each is worth; texts are left out. Scores arrive late and change, so the last 14 days are read again. They do not
say which version was scored, so they are no evaluation of a release. Comments, prompts and answers are not kept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from statistics import fmean, stdev

from pydantic import Field

from collectors import langfuse_api
from collectors.base import Api, Source
from collectors.errors import DataError
from collectors.evaluation_settings import Kind, Metric, metric_of
from collectors.langfuse_api import LangfuseSettings, Scales, Score, endpoint, scores
from domain.window import Window, floor_day
from store.tables import Evaluation

DAY = timedelta(days=1)
KINDS: dict[str, Kind] = {"ANNOTATION": "human"}
"""Source of a score → how it came about; the others judged what users asked for."""
BOOLEAN, NUMERIC, CATEGORICAL = "BOOLEAN", "NUMERIC", "CATEGORICAL"


class ScoreMetric(Metric):
    """Adds who judges (`evaluator`; without it the score's source), and what each category is worth, from 0 to 1."""

    feature: str | None = None
    evaluator: str | None = Field(default=None, min_length=1)
    evaluator_version: str | None = Field(default=None, min_length=1)
    categories: dict[str, float] = Field(default_factory=dict)


class LangfuseScoreSettings(LangfuseSettings):
    """`metrics`: glob of a score's name → its scale; the first that matches counts, what none matches is left out.
    `feature` and `team` are whose project it is."""

    feature: str | None = None
    team: str | None = None
    metrics: dict[str, ScoreMetric] = Field(default_factory=lambda: {"*": ScoreMetric()}, min_length=1)


@dataclass(frozen=True, slots=True)
class _Series:
    day: datetime
    name: str
    source: str
    environment: str
    config_id: str


@dataclass(slots=True)
class _Scored:
    values: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)


def collect(window: Window, api: Api) -> Iterator[Evaluation]:
    """The days that begin in the window, each whole. Raises CollectorError."""
    days = Window(_ceil_day(window.start), max(_ceil_day(window.end), _ceil_day(window.start) + DAY))
    if window.end <= days.start:
        return
    known = cache(partial(langfuse_api.scales, api))
    found: dict[_Series, _Scored] = defaultdict(_Scored)
    for score in scores(api, days):
        metric = metric_of(api.settings.metrics, score.name)
        if metric is None or not _is_counted(score, metric):
            continue
        try:
            value, normal = _valued(score, metric, known)
        except DataError as error:
            api.set_aside(f"score {score.score_id} ({score.name})", 1, str(error))
            continue
        of = found[_Series(floor_day(score.at), score.name, score.source, score.environment, score.config_id or "")]
        of.values.append(value)
        if normal is not None:
            of.scores.append(normal)
    yield from (_evaluation(api, series, scored) for series, scored in found.items())


def check(api: Api) -> None:
    """Asks for the scores of the last hour."""
    langfuse_api.check(api, Window(api.now - timedelta(hours=1), api.now))


def _is_counted(score: Score, metric: ScoreMetric) -> bool:
    return score.data_type in (BOOLEAN, NUMERIC) or (score.data_type == CATEGORICAL and bool(metric.categories))


def _valued(score: Score, metric: ScoreMetric, known: Callable[[], Scales]) -> tuple[float, float | None]:
    """The value as the source says it, and on 0 to 1; score configs are asked for when one is needed. Raises DataError
    for a value that cannot be one."""
    if score.data_type == CATEGORICAL:
        worth = metric.categories.get(str(score.value))
        if worth is None:
            raise DataError("its category has no worth; add it to `categories`")
        return worth, worth
    ends: tuple[float, float] | None = None
    if score.data_type == BOOLEAN:
        ends = (0.0, 1.0)
    elif metric.minimum is None and score.config_id:
        ends = known().get(score.config_id)
    scaled = metric.model_copy(update={"minimum": ends[0], "maximum": ends[1]}) if ends else metric
    return score.number, scaled.score(score.number)


def _evaluation(api: Api, of: _Series, scored: _Scored) -> Evaluation:
    metric = metric_of(api.settings.metrics, of.name)
    assert metric is not None
    parts = (f"{of.day:%Y-%m-%d}", of.name, of.source, of.environment, of.config_id)
    return Evaluation(
        source=api.name,
        evaluation_id="/".join(parts),
        evaluated_at=of.day,
        kind=metric.kind or KINDS.get(of.source, "online"),
        task=metric.task or of.name,
        metric=of.name,
        value=fmean(scored.values),
        score=fmean(scored.scores) if scored.scores else None,
        score_stddev=stdev(scored.scores) if len(scored.scores) > 1 else None,
        sample_count=len(scored.values),
        evaluator=metric.evaluator or of.source.lower(),
        evaluator_version=metric.evaluator_version or of.config_id or None,
        feature=metric.feature or api.settings.feature,
        team=api.settings.team,
    )


def _ceil_day(moment: datetime) -> datetime:
    day = floor_day(moment)
    return day if day == moment else day + DAY


SOURCE = Source(
    name="langfuse_scores",
    title="Langfuse scores",
    role="metrics",
    writes=Evaluation,
    settings=LangfuseScoreSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="6h",
    lookback="14d",
    chunk="62d",
)
