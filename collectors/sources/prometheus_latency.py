"""How long requests took, from the histograms of a recipe. Grain: hour × service × provider × model × measure × bucket.

For the page Latency. Hours are loaded when they have ended; an hour of which the server knows nothing leaves what was
loaded before. Which label names service, provider and model is a setting, else the recipe's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from pydantic import Field, field_validator

from collectors.base import Api, Source
from collectors.histograms import INFINITY, Cumulative, by_time
from collectors.prometheus_api import PrometheusSettings, Series, ask, endpoint, try_out
from domain.provider import canonical_provider
from domain.slo.definition import Kind
from domain.slo.recipes import RECIPES, Timer, buckets_query
from domain.window import Window, floor_hour, whole_hours
from store.tables import LatencyHour

HOUR = timedelta(hours=1)
MEASURES = {Kind.LATENCY: "duration", Kind.TIME_TO_FIRST_TOKEN: "time_to_first_token"}
Who = tuple[str, str, str | None]
"""Service, provider, model."""


class PrometheusLatencySettings(PrometheusSettings):
    """`recipe` names the system; `labels` narrow it down (globs), `prefix` is what its metrics' names begin with.

    `service` and `provider` hold for series without `service_label` and `provider_label`.
    """

    recipe: str
    labels: dict[str, str] = Field(default_factory=dict)
    prefix: str = ""
    service: str = Field(min_length=1)
    provider: str = "self-hosted"
    service_label: str = ""
    provider_label: str | None = None
    model_label: str | None = None

    @field_validator("recipe")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in RECIPES:
            raise ValueError(f"write one of {', '.join(RECIPES)}")
        return value


def collect(window: Window, api: Api) -> Iterator[LatencyHour]:
    """The buckets of every hour of the window that has ended. Raises CollectorError."""
    hours = whole_hours(window)
    end = min(hours.end, floor_hour(api.now - timedelta(minutes=1)))
    api.complete_to = max(min(end, window.end), window.start)
    if end <= hours.start:
        return
    for kind, timer in RECIPES[api.settings.recipe].timers.items():
        by_who: dict[Who, list[Series]] = {}
        for series in ask(api, _query(api, timer), Window(hours.start, end), HOUR):
            by_who.setdefault(_who(api, series), []).append(series)
        for who, series_of in by_who.items():
            for moment, found in sorted(by_time(series_of).items()):
                yield from _rows(api, who, MEASURES[kind], moment - HOUR, _in_seconds(found, timer))


def check(api: Api) -> None:
    """The server answers and understands the recipe."""
    for timer in RECIPES[api.settings.recipe].timers.values():
        try_out(api, _query(api, timer), HOUR)


def _labels(api: Api) -> tuple[str, str, str]:
    of, recipe = api.settings, RECIPES[api.settings.recipe]
    provider = recipe.provider_label if of.provider_label is None else of.provider_label
    return of.service_label, provider, recipe.model_label if of.model_label is None else of.model_label


def _query(api: Api, timer: Timer) -> str:
    by = tuple(label for label in _labels(api) if label)
    return buckets_query(timer, api.settings.labels, api.settings.prefix, by)


def _who(api: Api, series: Series) -> Who:
    service, provider, model = (series.labels.get(label) or None for label in _labels(api))
    return service or api.settings.service, canonical_provider(provider or api.settings.provider), model


def _in_seconds(found: Cumulative, timer: Timer) -> Cumulative:
    return Cumulative({edge * timer.unit_seconds: count for edge, count in found.items()})


def _rows(api: Api, who: Who, measure: str, hour: datetime, found: Cumulative) -> Iterator[LatencyHour]:
    """Whole requests by bucket: rounded from the left, so that the buckets add up to the rounded total."""
    edges = sorted(found)
    if INFINITY not in found or any(not count.is_finite() or count < 0 for count in found.values()):
        place = f"{api.settings.recipe} {measure} of {', '.join(name or 'no model' for name in who)}"
        number = int(hour.timestamp()) // 3600
        api.set_aside(place, number, f"{hour:%Y-%m-%d %H:%M} UTC: the buckets lack le=+Inf or hold what is no count")
        return
    given = 0
    for edge in edges:
        up_to = int(found[edge].to_integral_value(ROUND_HALF_EVEN))
        if up_to > given:
            yield LatencyHour(
                hour=hour,
                source=api.name,
                service=who[0],
                provider=who[1],
                model=who[2],
                measure=measure,
                le_seconds=float("inf") if edge == Decimal("Infinity") else float(edge),
                request_count=up_to - given,
            )
            given = up_to


SOURCE = Source(
    name="prometheus_latency",
    title="Latency in Prometheus",
    role="metrics",
    writes=LatencyHour,
    settings=PrometheusLatencySettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="2h",
    chunk="7d",
    grain="1h",
)
