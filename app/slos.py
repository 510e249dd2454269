"""Promises as people read them: a headline, one line per SLO, the state in a sign and a word. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import pyarrow as pa

from app import format as fmt
from domain.slo.attainment import State
from domain.slo.pairs import AlertPair
from domain.slo.period import in_words
from domain.slo.standing import SHOWN_MINUTES, Standing, together

STATES = {
    State.MISSED: "✕ Missed",
    State.NOT_ENOUGH: "? Not enough data",
    State.MET: "✓ Met",
    State.NO_DATA: "– No data",
}
SEVERITIES = {"page": "▲ Burning, page", "ticket": "△ Burning, ticket", "info": "○ Burning"}
_GRAVEST = ("page", "ticket", "info")
_ORDER = (State.MISSED, State.NOT_ENOUGH, State.MET, State.NO_DATA)
TREND_DAYS = 28


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page: an objective, or the objectives of a composite together."""

    key: str
    name: str
    standing: Standing
    state: State
    remaining: Fraction | None
    is_composite: bool = False

    @property
    def severity(self) -> str | None:
        """The gravest alert that burns now; a composite has none of its own."""
        fires = () if self.is_composite else self.standing.firing
        return gravest(fires)

    @property
    def status(self) -> str:
        """Sign and word: what burns now comes before what was attained."""
        return SEVERITIES[self.severity] if self.severity else STATES[self.state]


def gravest(pairs: Sequence[AlertPair]) -> str | None:
    """The gravest severity of some pairs."""
    found = {pair.severity for pair in pairs}
    return next((severity for severity in _GRAVEST if severity in found), None)


def lines(standings: Sequence[Standing]) -> list[Line]:
    """Every objective, and one more line per composite; what needs a person first."""
    made = []
    for _, group in groupby(standings, key=lambda s: s.slo.name):
        parts = list(group)
        made += [Line(s.key, s.title, s, s.state, s.remaining) for s in parts]
        if parts[0].slo.composite:
            whole = together(parts)
            slo = parts[0].slo
            made.append(Line(slo.name, slo.display_name, parts[0], whole.state, whole.remaining, is_composite=True))
    return sorted(made, key=_urgency)


def _urgency(line: Line) -> tuple[Any, ...]:
    severity = _GRAVEST.index(line.severity) if line.severity else len(_GRAVEST)
    left = line.remaining if line.remaining is not None else Fraction(2)
    return severity, _ORDER.index(line.state), left, line.name


def headline(found: Sequence[Line]) -> str:
    """How many promises are kept, and which one needs a person."""
    known = [line for line in found if line.state is not State.NO_DATA]
    if not known:
        return f"None of {fmt.plural(len(found), 'promise')} has data yet"
    met = sum(line.state is State.MET for line in known)
    told = f"{met} of {fmt.plural(len(known), 'promise')} {'is' if met == 1 else 'are'} kept"
    first = found[0]
    if first.severity:
        return f"{told}; {first.name} burns its error budget now"
    if first.state is State.MISSED:
        return f"{told}; {first.name} is missed"
    return told


def sentence(line: Line) -> str:
    """Where one promise stands, and where it goes."""
    standing, left = line.standing, line.remaining
    of = f"its error budget of {in_words(standing.period)}"
    if left is None:
        return f"{line.name} counted nothing in {in_words(standing.period)}"
    if left < 0:
        return f"{line.name} has spent {fmt.factor(1 - left)} {of}"
    told = f"{line.name} has {fmt.percent(float(left))} of {of} left"
    if line.is_composite or standing.exhausted_at is None or not left:
        return told
    return f"{told}; if the last 6 hours go on, it is gone {fmt.moment(standing.exhausted_at)}"


def exhaustion(line: Line) -> str:
    """When the budget is gone at the pace of the last six hours."""
    if line.is_composite or line.remaining is None:
        return fmt.UNKNOWN
    if line.remaining <= 0:
        return "gone"
    at = line.standing.exhausted_at
    return "not at this pace" if at is None else fmt.moment(at)


def interval(standing: Standing) -> str:
    """The 95 % interval of what was attained."""
    found = standing.interval
    if found is None:
        return fmt.UNKNOWN
    low, high = (fmt.attainment(Fraction(bound)) for bound in found)
    return f"{low} – {high}"


def table(found: Sequence[Line], trends: Mapping[str, list[float | None]]) -> pa.Table:
    """One row per line; `trends` are daily bad ratios by key."""
    return pa.table(
        {
            "status": [line.status for line in found],
            "name": [line.name for line in found],
            "service": [line.standing.slo.service_name for line in found],
            "tier": [line.standing.slo.tier.value for line in found],
            "objective": [_objective(line) for line in found],
            "attained": [_unless_composite(line, fmt.attainment(line.standing.attained)) for line in found],
            "interval": [_unless_composite(line, interval(line.standing)) for line in found],
            "left": pa.array([_float(line.remaining) for line in found], pa.float64()),
            "left_bar": pa.array([_clamped(line.remaining) for line in found], pa.float64()),
            **{
                f"burn_{minutes}": [_unless_composite(line, fmt.factor(line.standing.burn(minutes))) for line in found]
                for minutes in SHOWN_MINUTES
            },
            "exhausted": [exhaustion(line) for line in found],
            "trend": pa.array([trends.get(line.key) for line in found], pa.list_(pa.float64())),
            "owner": [line.standing.slo.owner for line in found],
        }
    )


def trends(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[float | None]]:
    """The share of bad events by day, from rows of slo/by_day; a day without events is unknown."""
    made: dict[str, list[float | None]] = {}
    for row in rows:
        total = row["total_count"]
        made.setdefault(row["slo"], []).append(1 - row["good_count"] / total if total else None)
    return made


def _objective(line: Line) -> str:
    period = in_words(line.standing.period)
    if line.is_composite:
        return f"composite, {period}"
    return f"{fmt.target(line.standing.objective.target)}, {period}"


def _unless_composite(line: Line, text: str) -> str:
    return fmt.UNKNOWN if line.is_composite else text


def _float(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)


def _clamped(ratio: Fraction | None) -> float | None:
    return None if ratio is None else min(1.0, max(0.0, float(ratio)))
