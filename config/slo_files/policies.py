"""alertPolicies: the pairs of windows that alert; without any, those that belong to the window and the target."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from config.slo_files.documents import Place, PlacedError
from config.slo_files.schema import ConditionItem, ConditionSpec, PolicyItem, PolicySpec
from domain.slo.pairs import AlertPair, can_fire, short_of
from domain.slo.shorthand import fixed_minutes

Note = Callable[[Place, str], None]
"""Takes something that is of no effect, while the SLO stands."""
SEVERITIES = ("page", "ticket", "info")


def policies_of(
    items: list[PolicyItem], named: Mapping[str, PolicySpec], place: Place
) -> list[tuple[Place, PolicySpec]]:
    """The policies of an SLO with their places. Raises PlacedError for one that is not declared."""
    found = []
    for number, item in enumerate(items):
        here = (*place, number)
        if (item.alert_policy_ref is None) == (item.spec is None):
            raise PlacedError(here, "a policy has an alertPolicyRef, or a spec of its own; write one of the two")
        if item.spec is not None:
            found.append((here, item.spec))
        elif item.alert_policy_ref is not None and item.alert_policy_ref in named:
            found.append((here, named[item.alert_policy_ref]))
        else:
            told = f"no AlertPolicy is called {item.alert_policy_ref!r}; declare it in this folder or correct the name"
            raise PlacedError((*here, "alertPolicyRef"), told)
    return found


def condition_of(policy: PolicySpec, named: Mapping[str, ConditionSpec], place: Place) -> list[ConditionSpec]:
    """The conditions of a policy; none when it is not to alert while breaching. Raises PlacedError."""
    return [_condition(item, named, place) for item in policy.conditions] if policy.alert_when_breaching else []


def pair_of(spec: ConditionSpec, budget: Decimal, period_minutes: int, place: Place, note: Note) -> AlertPair:
    """A condition as a pair; its short window is a twelfth of the lookback. Raises PlacedError for one of no use."""
    factor, most = spec.condition.threshold, float(1 / budget)
    if spec.severity not in SEVERITIES:
        raise PlacedError(place, f"the severity {spec.severity!r} is unknown; use {', '.join(SEVERITIES)}")
    if factor <= 1:
        raise PlacedError(
            place,
            f"a burn rate above {factor:f} is inside the budget; write a threshold above 1, "
            "or leave alertPolicies out for pairs that fit the window",
        )
    try:
        long, wait = fixed_minutes(spec.condition.lookback_window), spec.condition.alert_after
        waits = not _is_zero(wait) and fixed_minutes(wait) > 0
    except ValueError as error:
        raise PlacedError(place, f"in the alert condition {error}") from None
    pair = AlertPair(spec.severity, factor, long, short_of(long))
    if not can_fire(pair, budget):
        raise PlacedError(
            place,
            f"a burn rate above {factor:f} can never be: with this target a total outage burns at {most:.6g}; "
            f"write a threshold below {most:.6g}",
        )
    if long > period_minutes:
        raise PlacedError(
            place, f"the lookback window {pair.long_text} is longer than the SLO's own window; shorten it"
        )
    if waits:
        note(
            place,
            f"alertAfter {wait} is not waited for, since that forgets an outage that pauses: "
            f"a short window of {pair.short_text} says whether it is still going on; write 0m",
        )
    return pair


def _condition(item: ConditionItem, named: Mapping[str, ConditionSpec], place: Place) -> ConditionSpec:
    if (item.condition_ref is None) == (item.spec is None):
        raise PlacedError(place, "an alert condition has a conditionRef, or a spec of its own; write one of the two")
    if item.spec is not None:
        return item.spec
    if item.condition_ref not in named:
        told = f"no AlertCondition is called {item.condition_ref!r}; declare it in this folder or correct the name"
        raise PlacedError(place, told)
    return named[item.condition_ref or ""]


def _is_zero(text: str) -> bool:
    return text.rstrip("mhdw") == "0"
