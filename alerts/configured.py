"""From routes.toml to destinations and routes that are ready to use."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import get_args
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from alerts.base import SEVERITIES, Kind
from alerts.discovery import rules, sinks
from alerts.quiet import QuietHours
from alerts.routing import Route, Routing
from alerts.sink import Destination, SinkKind
from config.reference.features import TIERS, FeatureEntry
from config.reference.problem import Problem, Problems
from config.reference.routes import FILE_NAME, DestinationEntry, RouteEntry, Routes
from config.settings import Settings, explain
from domain.duration import parse_duration
from domain.wording import listed

SLACK = "slack"
"""The destination that the section [slack] of burnline.toml makes by itself: its channel."""

MATCHED = ("rule", "kind", "severity", "team", "feature", "tier", "provider", "owner")


def routing_of(
    routes: Routes, settings: Settings, features: Sequence[FeatureEntry] = ()
) -> tuple[Routing, tuple[Problem, ...]]:
    """The routing, and what of the file is left out or of no effect; everything else works.

    Without the file, or with examples only, all alerts go to the channel of [slack]. `features` are those of
    features.toml.
    """
    known = sinks()
    if routes.path is None or routes.says_nothing:
        return _slack_only(settings, known), ()
    problems = Problems(routes.path)
    destinations = dict(_slack_only(settings, known).destinations)
    for name, (line, entry) in routes.destinations.items():
        made = _destination(name, entry, known, settings)
        if isinstance(made, Destination):
            destinations[name] = made
        else:
            problems.add(line, made)
    usable = tuple(_routes(routes, destinations, features, problems))
    default = _default(routes, destinations, problems)
    return Routing(destinations, usable, default), tuple(problems.found)


def _slack_only(settings: Settings, known: Mapping[str, SinkKind]) -> Routing:
    if settings.slack is None:
        return Routing()
    kind = known[SLACK]
    options = kind.options.model_validate({"channel": settings.slack.channel})
    slack = Destination(SLACK, kind, options, max_per_day=kind.max_per_day)
    return Routing({SLACK: slack}, default=(SLACK,))


def _destination(
    name: str, entry: DestinationEntry, known: Mapping[str, SinkKind], settings: Settings
) -> Destination | str:
    """The destination, or what is wrong with it."""
    if entry.sink not in known:
        return f"[to.{name}] has the unknown sink {entry.sink!r}; use one of {', '.join(sorted(known))}"
    try:
        options = known[entry.sink].options.model_validate(entry.options)
    except ValidationError as error:
        return f"[to.{name}] {explain(error)}"
    if entry.max_per_day is not None and known[entry.sink].tracks:
        return f"[to.{name}] has max_per_day, but {entry.sink} opens an incident for all it is told; remove the key"
    kind = known[entry.sink]
    most = kind.max_per_day if entry.max_per_day is None else entry.max_per_day or None
    return Destination(name, kind, options, _quiet(entry, settings), most)


def _quiet(entry: DestinationEntry, settings: Settings) -> QuietHours | None:
    if entry.quiet is None and not entry.quiet_days:
        return None
    start, end = entry.quiet or (None, None)
    return QuietHours(ZoneInfo(entry.timezone or settings.organization.timezone), start, end, entry.quiet_days)


def _routes(
    routes: Routes, destinations: Collection[str], features: Sequence[FeatureEntry], problems: Problems
) -> Iterator[Route]:
    takes_all: str | None = None
    for number, (line, entry) in enumerate(routes.routes, start=1):
        label = f"route {number}" if line is None else f"route {number} (line {line})"
        match = {key: globs for key in MATCHED if (globs := getattr(entry, key))}
        wrong = _unknown_word(match, features)
        to = _to(entry.to, destinations)
        after = parse_duration(entry.after) if entry.after else None
        if wrong is None and takes_all is not None and after is None:
            wrong = f"never counts, because {takes_all} takes every alert; move it above that, or add continue = true"
        if wrong is None and not to:
            wrong = _undeclared(entry.to, destinations)
        if wrong:
            problems.add(line, f"[[route]] {wrong}")
            continue
        if len(to) < len(entry.to):
            problems.add(line, f"[[route]] {_undeclared(entry.to, destinations)}")
        if not match and entry.min_impact is None and after is None and not entry.goes_on:
            takes_all = label
        yield _route(label, match, to, entry)


def _route(label: str, match: Mapping[str, tuple[str, ...]], to: tuple[str, ...], entry: RouteEntry) -> Route:
    after = parse_duration(entry.after) if entry.after else None
    return Route(label=label, match=match, to=to, min_impact=entry.min_impact, after=after, goes_on=entry.goes_on)


def _default(routes: Routes, destinations: Collection[str], problems: Problems) -> tuple[str, ...]:
    fallback = (SLACK,) if SLACK in destinations else ()
    if routes.default is None:
        if not fallback:
            problems.add(None, 'an alert that no route takes is told nowhere; add [default] with to = ["…"]')
        return fallback
    line, entry = routes.default
    to = _to(entry.to, destinations)
    if len(to) < len(entry.to):
        problems.add(line, f"[default] {_undeclared(entry.to, destinations)}")
    return to or fallback


def _to(names: Sequence[str], destinations: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in destinations)


def _undeclared(names: Sequence[str], destinations: Collection[str]) -> str:
    missing = [repr(name) for name in names if name not in destinations]
    return f"names {listed(missing)}, which no usable [to.<name>] of {FILE_NAME} declares"


def _unknown_word(match: Mapping[str, tuple[str, ...]], features: Sequence[FeatureEntry]) -> str | None:
    """What is wrong with the first text that can never fit."""
    words: dict[str, Collection[str]] = {
        "rule": rules(),
        "kind": get_args(Kind),
        "severity": SEVERITIES[::-1],
        "tier": TIERS,
    }
    if features:
        words["feature"] = [feature.key for feature in features]
        words["team"] = sorted({feature.team for feature in features})
    for key, globs in match.items():
        for glob in globs:
            if key in words and not any(fnmatchcase(word, glob) for word in words[key]):
                return f"has the unknown {key} {glob!r}; use one of {', '.join(words[key])}"
    return None
