"""Which alert goes where, and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

from alerts.sink import Destination
from alerts.wording import duration
from domain.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What routes look at. `scope` says whom it touches, as far as known; `impact_cost` is None when unknown."""

    rule: str
    kind: str
    severity: str
    scope: Mapping[str, str] = field(default_factory=dict)
    impact_cost: Decimal | None = None

    def value(self, key: str) -> str | None:
        """What a route's key is compared with, None when unknown."""
        named = {"rule": self.rule, "kind": self.kind, "severity": self.severity}
        return named.get(key) or self.scope.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One `[[route]]`: `match` maps a key to globs, one of which must fit.

    Without `after` the first route that fits takes the alert, unless it `goes_on`. With `after` it adds its
    destinations when nobody has acknowledged the alert by then, and always goes on.
    """

    label: str
    match: Mapping[str, tuple[str, ...]]
    to: tuple[str, ...]
    min_impact: Decimal | None = None
    after: timedelta | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Routing:
    """All destinations by name, the routes in their order, and where alerts go that no route takes."""

    destinations: Mapping[str, Destination] = field(default_factory=dict)
    routes: Sequence[Route] = ()
    default: tuple[str, ...] = ()

    @property
    def escalates(self) -> bool:
        """True when time alone can add a destination."""
        return any(route.after for route in self.routes)


@dataclass(frozen=True, slots=True)
class Choice:
    """One destination and why. `after` is how long it waits for an acknowledgement first; None: told at once."""

    destination: str
    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an alert goes; `passed_over` maps the routes that did not fit to the reason."""

    choices: tuple[Choice, ...]
    passed_over: Mapping[str, str]

    def due(self, unacknowledged_for: timedelta | None) -> list[Choice]:
        """What is told by now. None: somebody has acknowledged it, so nothing escalates."""
        return [
            choice
            for choice in self.choices
            if choice.after is None or (unacknowledged_for is not None and unacknowledged_for >= choice.after)
        ]


def choose(routing: Routing, subject: Subject) -> Verdict:
    """Goes through the routes in their order. A destination is chosen once, for its first reason."""
    at_once: dict[str, Choice] = {}
    later: dict[str, Choice] = {}
    passed_over: dict[str, str] = {}
    taken_by: str | None = None
    for route in routing.routes:
        if taken_by is not None and route.after is None:
            passed_over[route.label] = f"{taken_by} has taken it"
            continue
        wrong = _misfit(route, subject)
        if wrong:
            passed_over[route.label] = wrong
            continue
        for name in route.to:
            if route.after is None:
                at_once.setdefault(name, Choice(name, route.label))
            else:
                reason = f"{route.label}, not acknowledged for {duration(route.after)}"
                later.setdefault(name, Choice(name, reason, route.after))
        if route.after is None and not route.goes_on:
            taken_by = route.label
    if not at_once:
        at_once = {name: Choice(name, "the default, since no route takes it") for name in routing.default}
    escalations = [choice for name, choice in later.items() if name not in at_once]
    return Verdict((*at_once.values(), *escalations), passed_over)


def _misfit(route: Route, subject: Subject) -> str | None:
    """The first key that does not fit, as a reason; None when all do."""
    for key, globs in route.match.items():
        value = subject.value(key)
        if value is None:
            return f"its {key} is unknown"
        if not any(fnmatchcase(value, glob) for glob in globs):
            return f"its {key} is {value}, not {listed(globs)}"
    if route.min_impact is None:
        return None
    if subject.impact_cost is None:
        return "its impact is unknown"
    if subject.impact_cost < route.min_impact:
        return f"its impact of {subject.impact_cost:,.2f} is below {route.min_impact:,}"
    return None
