"""Incidents as findings: one alert for the highest level that moved, with what is in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log2
from typing import Any

from alerts.base import Fact, Finding, Row, Situation, State
from alerts.detection.calendar import WHOLE, Series, parents_of
from alerts.detection.incidents import Incident, incidents_of
from alerts.detection.stakes import Stakes, stakes
from alerts.detection.terms import Terms, change, name_of
from alerts.wording import day, month
from domain.anomaly.incidents import JOINED_DAYS, Impact
from domain.anomaly.rollup import rolled_up
from domain.wording import count, listed, money, signed_money

DAYS, SCOPES, COSTS = "anomaly/incident_days", "anomaly/scopes", "anomaly/scope_costs"
NAMED = 3
"""More parts than three are for the page."""
MOST_OF = 2 / 3
"""A part that is so much of what moved names the owner, the feature and the model of the whole."""
HALF_WAY = 0.5
"""A level that keeps more than half of what moved has not come back: it is what is usual now."""


@dataclass(frozen=True)
class Picture:
    """What a rule's findings are made from."""

    situation: Situation
    terms: Mapping[str, Terms]
    names: Mapping[Series, Row]
    parents: Mapping[Series, Series]
    stakes: Stakes


def findings(
    rows: Mapping[str, Sequence[Row]],
    situation: Situation,
    terms: Mapping[str, Terms],
    yields_to: frozenset[str] = frozenset(),
) -> list[Finding]:
    """One finding per incident of the metrics in `terms`, in the rows of DAYS, SCOPES and COSTS.

    Firing is the highest level of each branch that is worth a person's time. An incident waits while the series has
    one of the same days and direction in a metric of `yields_to`: that alert explains it.
    """
    found = incidents_of(rows[DAYS])
    picture = Picture(
        situation,
        terms,
        {(row["scope_type"], row["scope"]): row for row in rows[SCOPES]},
        _parents(rows[SCOPES], found),
        stakes(rows[COSTS], situation.today, situation.settings),
    )
    explained = [one for one in found if one.metric in yields_to and not one.is_over]
    made = []
    for metric in terms:
        of_metric = [one for one in found if one.metric == metric]
        for rises in (True, False):
            made += _of_direction(picture, [one for one in of_metric if one.rises is rises], explained)
    return made


def _parents(scopes: Sequence[Row], found: Iterable[Incident]) -> dict[Series, Series]:
    """Without the levels between, for what these do not name."""
    parents = parents_of(scopes)
    named = {one.series for one in found} | set(parents.values())
    return parents | dict.fromkeys(named - parents.keys() - {WHOLE}, WHOLE)


def _of_direction(picture: Picture, found: Sequence[Incident], explained: Sequence[Incident]) -> list[Finding]:
    going_on = {_key(one.series): one for one in found if not one.is_over}
    keys = {_key(child): _key(parent) for child, parent in picture.parents.items()}
    made = [_ended(picture, one) for one in found if one.is_over]
    for top, below in rolled_up(list(going_on), keys).items():
        children = [going_on[key] for key in below]
        made.append(_firing(picture, going_on[top], children, _state(picture, going_on[top], explained)))
        made += [_within(picture, child, going_on[top]) for child in children]
    return made


def _key(series: Series) -> str:
    return "\n".join(series)


def _state(picture: Picture, top: Incident, explained: Sequence[Incident]) -> State:
    if picture.terms[top.metric].is_money and not picture.stakes.is_material(picture.stakes.of(top)):
        return "pending"
    for other in explained:
        begins = other.started_on - timedelta(days=JOINED_DAYS)
        ends = other.last["day"] + timedelta(days=JOINED_DAYS)
        if other.series == top.series and other.rises is top.rises and begins <= top.last["day"] <= ends:
            return "pending"
    return "firing"


def _firing(picture: Picture, one: Incident, children: Sequence[Incident], state: State) -> Finding:
    terms, told = picture.terms[one.metric], name_of(picture.names, one.series)
    worth = picture.stakes.of(one)
    last = one.last
    moved = change(last["actual"], last["expected"])
    head = (
        f"{terms.noun} of {told}: {terms.number(last['actual'], one.unit)} on {day(last['day'])}, "
        f"{terms.number(last['expected'] or 0.0, one.unit)} expected ({moved})"
    )
    sentences = [head + _so_far(picture, one, worth), _parts(picture, one, children)]
    return Finding(
        fingerprint=one.fingerprint,
        state=state,
        severity=terms.rises if one.rises else terms.falls,
        level=_level(picture, one, worth),
        title=f"{terms.noun} of {told}: {moved} against the expected",
        summary=" ".join(filter(None, sentences)),
        facts=_facts(one, worth),
        fields=_fields(picture, one, worth),
        children=tuple(child.fingerprint for child in children),
        **_about(picture, one, worth, children),
    )


def _so_far(picture: Picture, one: Incident, worth: Impact) -> str:
    since = "" if one.started_on == one.last["day"] else f", since {day(one.started_on)}"
    if not picture.terms[one.metric].is_money or not worth.so_far:
        return f"{since}."
    currency = picture.situation.settings.organization.currency
    way = "more" if worth.so_far > 0 else "less"
    told = f"{since}: {money(abs(worth.so_far), currency)} {way} than expected so far"
    if abs(worth.to_month_end) > abs(worth.so_far):
        told += f", {money(abs(worth.to_month_end), currency)} by the end of {month(one.newest_on)} at this rate"
    return f"{told}."


def _parts(picture: Picture, one: Incident, children: Sequence[Incident]) -> str:
    """The parts of the finest kind of owner that moved, with their share of what moved."""
    for kinds in (("feature",), ("team",), ("model", "provider", "service")):
        some = sorted((c for c in children if c.scope_type in kinds), key=lambda c: -abs(c.excess))[:NAMED]
        if some:
            return f"In it: {listed([_part(picture, one, child) for child in some])}."
    return ""


def _part(picture: Picture, one: Incident, child: Incident) -> str:
    told, moved = name_of(picture.names, child.series), change(child.last["actual"], child.last["expected"])
    ratio = abs(child.excess) / abs(one.excess) if one.excess else 0.0
    is_amount = child.last["base_count"] is None
    return f"{told} ({moved}, {min(ratio, 1.0):.0%} of it)" if is_amount and ratio else f"{told} ({moved})"


def _level(picture: Picture, one: Incident, worth: Impact) -> int:
    """A step each time what was lost so far doubles, or how far it is off; a word in the thread for each."""
    if picture.terms[one.metric].is_money and picture.stakes.gate:
        times = float(abs(worth.so_far) / picture.stakes.gate)
    else:
        times = one.severity_ratio
    return 1 + int(log2(max(1.0, times)))


def _within(picture: Picture, one: Incident, top: Incident) -> Finding:
    terms = picture.terms[one.metric]
    told = f"{terms.noun.lower()} of {name_of(picture.names, top.series)}"
    return _over(picture, one, f"It goes on as a part of one alert: {told}.", f"is a part of {told}")


def _ended(picture: Picture, one: Incident) -> Finding:
    terms, last = picture.terms[one.metric], one.last
    told = f"{terms.noun} of {name_of(picture.names, one.series)}"
    number = terms.number(last["actual"], one.unit)
    if one.is_planned:
        return _over(picture, one, f"{told} on {day(last['day'])} was expected: these days are planned now.")
    if one.is_withdrawn:
        expected = terms.number(last["expected"] or 0.0, one.unit)
        return _over(
            picture,
            one,
            f"Late data took it back: {told} on {day(last['day'])} is {number} now, and {expected} was expected.",
            state="withdrawn",
        )
    quiet = [row for row in one.rows if row["day"] > last["day"]]
    stayed = "; the new level is what is usual now" if _has_stayed(one, quiet) else ""
    days = count(len(quiet), "day")
    return _over(picture, one, f"{told} was as expected on {days} after {day(last['day'])}{stayed}.")


def _has_stayed(one: Incident, quiet: Sequence[Row]) -> bool:
    """Whether the days after it are expected only because the expectation followed: compared on its first day."""
    first = one.alerting[0]
    before, moved = first["expected"], first["actual"]
    if not before or not moved or not quiet:
        return False
    expected_now = sum(row["expected"] or 0.0 for row in quiet) / len(quiet)
    return bool((expected_now - before) / (moved - before) > HALF_WAY) if moved != before else False


def _over(picture: Picture, one: Incident, summary: str, end: str = "is as expected", state: State = "over") -> Finding:
    terms = picture.terms[one.metric]
    worth = picture.stakes.of(one)
    return Finding(
        fingerprint=one.fingerprint,
        state=state,
        severity=terms.rises if one.rises else terms.falls,
        level=1,
        title=f"{terms.noun} of {name_of(picture.names, one.series)} {end}",
        summary=summary,
        facts=_facts(one, worth),
        **_about(picture, one, worth),
    )


def _about(picture: Picture, one: Incident, worth: Impact, children: Sequence[Incident] = ()) -> dict[str, Any]:
    """Whom it touches and what is at stake; of the parts, those that are nearly all of it."""
    terms, main = picture.terms[one.metric], [one, *(child for child in children if _is_most_of(child, one))]
    scope: dict[str, str] = {}
    owners = []
    for series in (each.series for each in main if each.series != WHOLE):
        named = picture.names.get(series, {})
        owners += [named["owner"]] if named.get("owner") else []
        scope.setdefault(*series)
        if named.get("team"):
            scope.setdefault("team", named["team"])
    return {
        "owner": owners[0] if owners else None,
        "scope": scope,
        "page_path": terms.page_path(one.scope_type, one.scope),
        "impact_cost": abs(worth.to_month_end) if terms.is_money else None,
        "currency": picture.situation.settings.organization.currency if terms.is_money else None,
    }


def _is_most_of(child: Incident, top: Incident) -> bool:
    return child.last["base_count"] is None and abs(child.excess) >= MOST_OF * abs(top.excess)


def _facts(one: Incident, worth: Impact) -> dict[str, Fact]:
    return {
        "metric": one.metric,
        "scope_type": one.scope_type,
        "scope": one.scope,
        "started_on": one.started_on,
        "last_on": one.last["day"],
        "judged_to": one.newest_on,
        "actual": repr(one.last["actual"]),
        "expected": repr(one.last["expected"]),
        "score": repr(one.last["score"]),
        "threshold": repr(one.last["threshold"]),
        "impact_so_far": worth.so_far,
        "impact_to_month_end": worth.to_month_end,
    }


def _fields(picture: Picture, one: Incident, worth: Impact) -> tuple[tuple[str, str], ...]:
    terms, last = picture.terms[one.metric], one.last
    currency = picture.situation.settings.organization.currency
    fields = [
        (day(last["day"]), terms.number(last["actual"], one.unit)),
        ("Expected", terms.number(last["expected"] or 0.0, one.unit)),
    ]
    if terms.is_money and worth.so_far:
        fields.append(("Beyond the expected so far", signed_money(worth.so_far, currency)))
        fields.append((f"By the end of {month(one.newest_on)}", signed_money(worth.to_month_end, currency)))
    return (*fields, ("Score", f"{last['score']:.1f}, an alert above {last['threshold']:.1f}"))
