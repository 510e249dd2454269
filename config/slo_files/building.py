"""Objects of OpenSLO put together into definitions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from config.slo_files.annotations import check_annotations, exclusions_of, min_bad_of
from config.slo_files.documents import Place, PlacedError
from config.slo_files.indicators import Reading, indicator_of
from config.slo_files.policies import Note, condition_of, pair_of, policies_of
from config.slo_files.schema import (
    ConditionSpec,
    DataSourceSpec,
    InlineSli,
    Metadata,
    ObjectiveSpec,
    PolicySpec,
    SliSpec,
    Slo,
)
from config.slo_files.windows import period_of
from domain.slo.definition import Indicator, Kind, Method, Objective, Origin, SloDefinition, Tier
from domain.slo.pairs import AlertPair, can_fire, default_pairs
from domain.slo.period import Period
from domain.slo.shorthand import fixed_minutes


@dataclass(frozen=True, slots=True)
class Named:
    """What SLOs may refer to, by name. `anywhere`: the numbers come from a file, so indicators are not looked at."""

    indicators: Mapping[str, SliSpec] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, PolicySpec] = field(default_factory=dict)
    conditions: Mapping[str, ConditionSpec] = field(default_factory=dict)
    sources: Mapping[str, DataSourceSpec] = field(default_factory=dict)
    anywhere: bool = False


def build(slo: Slo, named: Named, note: Note) -> SloDefinition:
    """The definition of one SLO; `note` takes what is of no effect. Raises PlacedError."""
    metadata, spec = slo.metadata, slo.spec
    check_annotations(metadata)
    labels = {name: text if isinstance(text, str) else ", ".join(text) for name, text in metadata.labels.items()}
    periods = tuple(period_of(window, ("spec", "timeWindow", i)) for i, window in enumerate(spec.time_window))
    composite = any(objective.indicator or objective.indicator_ref for objective in spec.objectives)
    objectives = tuple(_objective(slo, number, periods[0], named, note) for number in range(len(spec.objectives)))
    names = [objective.name for objective in objectives]
    for number, name in enumerate(names):
        if name in names[:number]:
            told = f"two objectives are called {name!r}; give each another displayName"
            raise PlacedError(("spec", "objectives", number), told)
    return SloDefinition(
        name=metadata.name,
        display_name=metadata.display_name or metadata.name,
        service=spec.service,
        service_name=named.services.get(spec.service, spec.service),
        description=spec.description,
        owner=labels.get("owner", ""),
        tier=_tier(labels),
        method=Method(spec.budgeting_method),
        objectives=objectives,
        windows=periods,
        exclusions=exclusions_of(metadata),
        min_bad=min_bad_of(metadata),
        composite=composite,
        labels=tuple(sorted(labels.items())),
    )


def _objective(slo: Slo, number: int, period: Period, named: Named, note: Note) -> Objective:
    place: Place = ("spec", "objectives", number)
    written = slo.spec.objectives[number]
    target = _target(written, place)
    seconds, slice_target = _slices(written, slo.spec.budgeting_method, period, place)
    pairs, refused = _pairs(slo, 1 - target, period, named, note)
    many = len(slo.spec.objectives) > 1
    return Objective(
        name=written.display_name or (f"objective-{number + 1}" if many else slo.metadata.name),
        target=target,
        indicator=_indicator(slo, written, named, place),
        pairs=pairs,
        refused=refused,
        slice_seconds=seconds,
        slice_target=slice_target,
        weight=_weight(written, place, many=many),
    )


def _target(written: ObjectiveSpec, place: Place) -> Decimal:
    if (written.target is None) == (written.target_percent is None):
        raise PlacedError(place, "an objective has a target or a targetPercent; write one of the two")
    return written.target if written.target is not None else (written.target_percent or Decimal(0)).scaleb(-2)


def _weight(written: ObjectiveSpec, place: Place, *, many: bool) -> Decimal:
    if written.composite_weight is not None and not many:
        raise PlacedError(
            (*place, "compositeWeight"), "a single objective has nothing to be weighed against; remove it"
        )
    return written.composite_weight or Decimal(1)


def _slices(written: ObjectiveSpec, method: str, period: Period, place: Place) -> tuple[int | None, Decimal | None]:
    if method == Method.OCCURRENCES:
        for key, value in (
            ("timeSliceWindow", written.time_slice_window),
            ("timeSliceTarget", written.time_slice_target),
        ):
            if value is not None:
                raise PlacedError(
                    (*place, key), f"{key} is for slices, and the budgetingMethod is Occurrences; remove one"
                )
        return None, None
    if written.time_slice_window is None:
        raise PlacedError(place, f"{method} needs timeSliceWindow, such as 5m; add it")
    try:
        text = written.time_slice_window
        minutes = fixed_minutes(f"{text}m" if isinstance(text, int) else text)
    except ValueError as error:
        raise PlacedError((*place, "timeSliceWindow"), str(error)) from None
    if 2 * minutes > period.nominal_minutes:
        told = f"slices of {text} hardly fit into a window of {period.text}; write a shorter timeSliceWindow"
        raise PlacedError((*place, "timeSliceWindow"), told)
    if method == Method.TIMESLICES and written.time_slice_target is None:
        raise PlacedError(place, "Timeslices needs timeSliceTarget, the ratio from which a slice is good; add it")
    if method == Method.RATIO_TIMESLICES and written.time_slice_target is not None:
        raise PlacedError(
            (*place, "timeSliceTarget"), "RatioTimeslices takes the mean of ratios, without a target; remove it"
        )
    return minutes * 60, written.time_slice_target


def _pairs(
    slo: Slo, budget: Decimal, period: Period, named: Named, note: Note
) -> tuple[tuple[AlertPair, ...], tuple[AlertPair, ...]]:
    place: Place = ("spec", "alertPolicies")
    if slo.spec.alert_policies:
        policies = policies_of(slo.spec.alert_policies, named.policies, place)
        declared = [(here, spec) for here, policy in policies for spec in condition_of(policy, named.conditions, here)]
        return tuple(pair_of(spec, budget, period.nominal_minutes, here, note) for here, spec in declared), ()
    pairs = default_pairs(period.nominal_minutes)
    refused = tuple(pair for pair in pairs if not can_fire(pair, budget))
    for pair in refused:
        note(
            ("spec", "objectives"),
            f"the pair {pair} can never fire, since a total outage burns at {float(1 / budget):g}; it is left out",
        )
    return tuple(pair for pair in pairs if pair not in refused), refused


def _indicator(slo: Slo, written: ObjectiveSpec, named: Named, place: Place) -> Indicator:
    of_its_own = written.indicator is not None or written.indicator_ref is not None
    inline, reference = (
        (written.indicator, written.indicator_ref) if of_its_own else (slo.spec.indicator, slo.spec.indicator_ref)
    )
    if not of_its_own:
        place = ("spec",)
    if (inline is None) == (reference is None):
        raise PlacedError(place, "an SLO has an indicator or an indicatorRef; write one of the two")
    if named.anywhere:
        return Indicator(name=reference or slo.metadata.name, kind=Kind.EVENTS, origin=Origin.SERIES)
    reading = Reading(named.sources, slo.spec.service)
    if inline is not None:
        return indicator_of(
            _name_of(inline, slo.metadata), inline.spec, written, reading, (*place, "indicator", "spec")
        )
    here = (*place, "indicatorRef")
    assert reference is not None
    if reference not in named.indicators:
        raise PlacedError(here, f"no SLI is called {reference!r}; declare it in this folder or correct the name")
    try:
        return indicator_of(reference, named.indicators[reference], written, reading, here)
    except PlacedError as fault:
        raise PlacedError(here, f"in the SLI {reference!r}: {fault.sentence}") from None


def _name_of(inline: InlineSli, metadata: Metadata) -> str:
    return inline.metadata.name if inline.metadata else metadata.name


def _tier(labels: Mapping[str, str]) -> Tier:
    tier = labels.get("tier", Tier.STANDARD)
    if tier not in list(Tier):
        raise PlacedError(("metadata", "labels", "tier"), f"the tier {tier!r} is unknown; use {', '.join(Tier)}")
    return Tier(tier)
