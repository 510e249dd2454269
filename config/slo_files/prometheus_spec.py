"""A metric source of the type prometheus: a query as it is written, or one that a recipe writes."""

from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from config.slo_files.documents import Place, PlacedError
from config.slo_files.schema import Written
from config.slo_files.seconds import Seconds
from domain.slo.definition import Kind
from domain.slo.recipes import RECIPES, Recipe, bad_query, buckets_query, total_query


class PrometheusSpec(Written):
    """`spec` of a metric source of the type prometheus; `buckets` are the edges of a histogram that is fixed.

    Instead of a query a recipe may be named, with what it measures, the labels it is narrowed to (globs) and what its
    metrics' names begin with.
    """

    query: Annotated[str, Field(min_length=1)] | None = None
    source: str | None = None
    buckets: tuple[Seconds, ...] = ()
    recipe: str | None = None
    indicator: Literal["availability", "latency", "time_to_first_token", "requests"] | None = None
    labels: dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], str] = Field(default_factory=dict)
    prefix: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_:]*$")] = ""


class Asked(NamedTuple):
    """A histogram to ask for: what it measures, how, its edges in seconds where they are known, what its unit lasts."""

    kind: Kind
    query: str
    bounds: tuple[Decimal, ...]
    unit_seconds: Decimal = Decimal(1)


def counting_query(spec: PrometheusSpec, place: Place) -> str:
    """What a ratioMetric counts: of a recipe the failures as availability, or all requests."""
    recipe = _recipe(spec, place)
    if recipe is None:
        return _written(spec, place)
    if spec.indicator not in ("availability", "requests"):
        told = f"{spec.indicator or 'nothing'} is no ratio; write indicator: availability, and requests as the total"
        raise PlacedError((*place, "indicator"), told)
    asked = bad_query if spec.indicator == "availability" else total_query
    return asked(recipe, spec.labels, spec.prefix)


def histogram(spec: PrometheusSpec, place: Place) -> Asked:
    """What a thresholdMetric measures."""
    bounds = tuple(sorted(spec.buckets))
    recipe = _recipe(spec, place)
    if recipe is None:
        return Asked(Kind.LATENCY, _written(spec, place), bounds)
    kind = Kind(spec.indicator) if spec.indicator in ("latency", "time_to_first_token") else None
    if kind is None:
        raise PlacedError((*place, "indicator"), "a threshold is for a time; write indicator: latency")
    if kind not in recipe.timers:
        raise PlacedError((*place, "indicator"), f"{recipe.name} has no histogram of {kind}; write a query of your own")
    timer = recipe.timers[kind]
    return Asked(kind, buckets_query(timer, spec.labels, spec.prefix), bounds or timer.bounds, timer.unit_seconds)


def _recipe(spec: PrometheusSpec, place: Place) -> Recipe | None:
    if spec.recipe is None:
        if spec.indicator or spec.labels or spec.prefix:
            raise PlacedError(place, "indicator, labels and prefix belong to a recipe; name one, or remove them")
        return None
    if spec.query is not None:
        raise PlacedError((*place, "query"), "a recipe writes the query itself; keep one of the two")
    if spec.recipe not in RECIPES:
        raise PlacedError((*place, "recipe"), f"there is no recipe {spec.recipe!r}; use one of {', '.join(RECIPES)}")
    return RECIPES[spec.recipe]


def _written(spec: PrometheusSpec, place: Place) -> str:
    if spec.query is None:
        raise PlacedError(place, "the key 'query' is missing; add it, or name a recipe")
    return spec.query
