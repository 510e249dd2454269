"""indicator: what is counted, and what of it is good."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from config.slo_files.documents import Place, PlacedError
from config.slo_files.parsing import validated
from config.slo_files.prometheus_spec import PrometheusSpec, counting_query, histogram
from config.slo_files.schema import DataSourceSpec, Metric, MetricSource, ObjectiveSpec, RatioMetric, SliSpec, Written
from config.slo_files.seconds import Seconds
from domain.slo.definition import DIMENSIONS, TIMED, Counted, Indicator, Kind, Origin


class RequestsSpec(Written):
    """`spec` of a metric source of the type burnline."""

    indicator: Literal["availability", "latency", "time_to_first_token", "requests"]
    threshold: Seconds | None = None
    service: str | None = None
    feature: str | None = None
    provider: str | None = None
    model: str | None = None
    throttled: Counted | None = None
    failed: Counted | None = None


class SeriesSpec(Written):
    """`spec` of a metric source of the type series: a CSV file with the columns minute, good, total."""

    path: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an indicator is read with: the sources by name, and the service of the SLO."""

    sources: Mapping[str, DataSourceSpec]
    service: str


def indicator_of(name: str, spec: SliSpec, objective: ObjectiveSpec, reading: Reading, place: Place) -> Indicator:
    """The indicator of one objective. Raises PlacedError with its place below `place`, which is the SLI's spec."""
    if (spec.ratio_metric is None) == (spec.threshold_metric is None):
        raise PlacedError(place, "an indicator has a ratioMetric or a thresholdMetric; write one of the two")
    if spec.threshold_metric is not None:
        here = (*place, "thresholdMetric", "metricSource")
        return _threshold(name, spec.threshold_metric.metric_source, objective, reading, here)
    assert spec.ratio_metric is not None
    return _ratio(name, spec.ratio_metric, objective, reading, (*place, "ratioMetric"))


def _ratio(name: str, ratio: RatioMetric, objective: ObjectiveSpec, reading: Reading, place: Place) -> Indicator:
    if ratio.raw or ratio.raw_type:
        raise PlacedError(place, "a ready-made ratio (raw) cannot be added up; give good or bad beside total")
    if ratio.total is None or (ratio.good is None) == (ratio.bad is None):
        raise PlacedError(place, "a ratioMetric has total and one of good and bad; write just these")
    side, metric = ("good", ratio.good) if ratio.good else ("bad", ratio.bad)
    assert metric is not None
    here, beside = (*place, side, "metricSource"), (*place, "total", "metricSource")
    origin, total_origin = (
        _origin(metric.metric_source, reading, here),
        _origin(ratio.total.metric_source, reading, beside),
    )
    if origin is not total_origin:
        raise PlacedError(beside, f"total comes from another type of source than {side}; take both from one")
    if origin is Origin.REQUESTS:
        return _of_requests(name, metric.metric_source, ratio.total, objective, reading, (here, beside))
    if origin is Origin.PROMETHEUS:
        if ratio.counter:
            told = "counter: true needs increases; write sum(increase(…[1m])) as the query, and counter: false"
            raise PlacedError((*place, "counter"), told)
        found = _prometheus(metric.metric_source, here)
        total = _prometheus(ratio.total.metric_source, beside)
        counted, whole = counting_query(found, (*here, "spec")), counting_query(total, (*beside, "spec"))
        is_bad = side == "bad" or found.recipe is not None
        return Indicator(
            name=name,
            kind=Kind.EVENTS,
            origin=origin,
            source=_table(metric.metric_source, found, reading) or _table(ratio.total.metric_source, total, reading),
            good_query=None if is_bad else counted,
            bad_query=counted if is_bad else None,
            total_query=whole,
        )
    path = validated(SeriesSpec, metric.metric_source.spec, (*here, "spec")).path
    return Indicator(name=name, kind=Kind.EVENTS, origin=Origin.SERIES, series_path=path)


def _of_requests(
    name: str,
    source: MetricSource,
    total: Metric,
    objective: ObjectiveSpec,
    reading: Reading,
    places: tuple[Place, Place],
) -> Indicator:
    found = validated(RequestsSpec, source.spec, (*places[0], "spec"))
    whole = validated(RequestsSpec, total.metric_source.spec, (*places[1], "spec"))
    if whole.indicator != "requests":
        raise PlacedError((*places[1], "spec", "indicator"), f"the total of {found.indicator} is requests; write that")
    told = {dimension: getattr(whole, dimension) for dimension in DIMENSIONS if getattr(whole, dimension) is not None}
    if any(getattr(found, dimension) != glob for dimension, glob in told.items()):
        raise PlacedError(
            (*places[1], "spec"), "total counts other requests than good does; give both the same filters"
        )
    return _requests(name, found, objective, reading, (*places[0], "spec"))


def _threshold(name: str, source: MetricSource, objective: ObjectiveSpec, reading: Reading, place: Place) -> Indicator:
    origin = _origin(source, reading, place)
    if origin is Origin.REQUESTS:
        found = validated(RequestsSpec, source.spec, (*place, "spec"))
        if found.indicator not in ("latency", "time_to_first_token"):
            told = f"{found.indicator} has no threshold; write it as a ratioMetric"
            raise PlacedError((*place, "spec", "indicator"), told)
        return _requests(name, found, objective, reading, (*place, "spec"))
    if origin is Origin.SERIES:
        raise PlacedError(place, "a series holds good and total; write it as a ratioMetric")
    spec = _prometheus(source, place)
    seconds = _limit(None, objective, (*place, "spec"))
    asked = histogram(spec, (*place, "spec"))
    bounds = asked.bounds
    if bounds and seconds not in bounds:
        raise PlacedError(
            (*place, "spec", "buckets"),
            f"the threshold {_shown(seconds)} s is no edge of these buckets, so what lies below it cannot be counted; "
            f"take one of {', '.join(map(_shown, bounds))}",
        )
    if objective.op == "lt":
        raise PlacedError((*place, "spec"), "buckets count what is at most their edge; write op: lte")
    return Indicator(
        name=name,
        kind=asked.kind,
        origin=origin,
        threshold_seconds=seconds,
        source=_table(source, spec, reading),
        histogram_query=asked.query,
        unit_seconds=asked.unit_seconds,
        bounds=bounds,
    )


def _requests(name: str, spec: RequestsSpec, objective: ObjectiveSpec, reading: Reading, place: Place) -> Indicator:
    if spec.indicator == "requests":
        raise PlacedError(
            (*place, "indicator"), "requests are the total; what is good of them is availability or latency"
        )
    kind = Kind(spec.indicator)
    if kind not in TIMED and spec.threshold is not None:
        raise PlacedError((*place, "threshold"), f"{spec.indicator} has no threshold; remove it")
    seconds = _limit(spec.threshold, objective, place) if kind in TIMED else None
    given = {dimension: getattr(spec, dimension) for dimension in DIMENSIONS}
    filters = {**given, "service": given["service"] or reading.service}
    unanswered = Counted.INVALID if kind in TIMED else Counted.BAD
    return Indicator(
        name=name,
        kind=kind,
        origin=Origin.REQUESTS,
        threshold_seconds=seconds,
        strict=objective.op == "lt" and kind in TIMED,
        filters=tuple((dimension, glob) for dimension, glob in filters.items() if glob and glob.strip("*")),
        throttled=spec.throttled or unanswered,
        failed=spec.failed or unanswered,
    )


def _limit(written: Decimal | None, objective: ObjectiveSpec, place: Place) -> Decimal:
    value = None if objective.value is None else objective.value.normalize()
    if objective.op in ("gt", "gte"):
        raise PlacedError(place, "a time is good when it is short; write op: lte in the objective")
    if written is not None and value is not None and written != value:
        told = f"the threshold is {_shown(written)} s here and {_shown(value)} s in the objective; keep one"
        raise PlacedError(place, told)
    seconds = written if written is not None else value
    if seconds is None:
        raise PlacedError(
            place, "which time is good is missing; write threshold: 2s here, or op and value in the objective"
        )
    return seconds


def _origin(source: MetricSource, reading: Reading, place: Place) -> Origin:
    if source.metric_source_ref is not None and source.metric_source_ref not in reading.sources:
        told = f"no DataSource is called {source.metric_source_ref!r}; declare it in this folder or correct the name"
        raise PlacedError((*place, "metricSourceRef"), told)
    declared = reading.sources[source.metric_source_ref].type if source.metric_source_ref else None
    kind = source.type or declared
    if kind is None:
        raise PlacedError(place, f"the type of the source is missing; write type: {', '.join(Origin)}")
    if kind.lower() not in list(Origin):
        raise PlacedError(
            (*place, "type"), f"Burnline cannot ask a source of the type {kind!r}; use {', '.join(Origin)}"
        )
    return Origin(kind.lower())


def _prometheus(source: MetricSource, place: Place) -> PrometheusSpec:
    spec = validated(PrometheusSpec, source.spec, (*place, "spec"))
    if source.metric_source_ref and spec.source:
        raise PlacedError((*place, "spec", "source"), "the DataSource names the source already; remove one of the two")
    return spec


def _table(source: MetricSource, spec: PrometheusSpec, reading: Reading) -> str | None:
    declared = reading.sources.get(source.metric_source_ref or "")
    named = spec.source or (declared.connection_details.get("source") if declared else None)
    return str(named) if named is not None else None


def _shown(seconds: Decimal) -> str:
    return f"{seconds.normalize():f}"
