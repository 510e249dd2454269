"""Alerts as people read them: one line each, what is at stake, who has it, and what became of it. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from app import format as fmt

Row = Mapping[str, Any]

SIGNS = {"page": "✕ Page", "ticket": "! Ticket", "info": "i Info"}
"""Gravest first; sign and word, for colour alone tells nobody enough."""
STATUSES = {"open": "▲ Open", "acknowledged": "◐ Acknowledged", "resolved": "✓ Resolved", "withdrawn": "↶ Withdrawn"}
VERDICTS = {"useful": "✓ useful", "not useful": "✕ not useful", "expected": "= expected"}
DAYS = 90
"""What rules are judged by: a quarter."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert. `told` is its newest finding as the event keeps it, empty where none is known; `team` and `feature`
    are whom it touches, None where nothing says it."""

    row: Row
    told: Mapping[str, Any]
    feature: str | None
    team: str | None

    @property
    def key(self) -> str:
        """How the address names it."""
        return str(self.row["alert_id"])

    @property
    def is_open(self) -> bool:
        """True while it goes on."""
        return self.row["ended_at"] is None

    @property
    def severity(self) -> str:
        """Sign and word."""
        return SIGNS.get(self.row["severity"], str(self.row["severity"]))

    @property
    def has_it(self) -> str | None:
        """Who took it on; None while nobody has."""
        if self.row["status"] != "acknowledged" and self.row["acknowledged_at"] is None:
            return None
        return str(self.row["acknowledged_by"] or "somebody")

    @property
    def status(self) -> str:
        """Sign and word; one that is told to nobody says so."""
        status = STATUSES.get(self.row["status"], str(self.row["status"]))
        return f"{status}, silenced" if self.is_open and self.row["silence_id"] else status

    def seconds(self, now: datetime) -> float:
        """From opening to its end, or to now; 0 when a clock that was set back says that it ended before."""
        end = self.row["ended_at"] or now.replace(tzinfo=None)
        return max(0.0, float((end - self.row["opened_at"]).total_seconds()))


@dataclass(frozen=True, slots=True)
class Stake:
    """Money at stake by currency; `unknown` alerts name no amount."""

    costs: Mapping[str, Decimal]
    known: int
    unknown: int


def lines(rows: Iterable[Row], owners: Iterable[Row]) -> list[Line]:
    """Rows of alert/alerts, in their order, with the team of a feature from rows of alert/owners."""
    teams = {row["feature"]: row["team"] for row in owners}
    return [_line(row, teams) for row in rows]


def _line(row: Row, teams: Mapping[str, str]) -> Line:
    told: dict[str, Any] = orjson.loads(row["facts"]) if row["facts"] else {}
    scope = told.get("scope") or {}
    feature = scope.get("feature")
    return Line(row, told, feature, scope.get("team") or teams.get(feature or ""))


def narrowed(found: Iterable[Line], teams: Collection[str], features: Collection[str]) -> list[Line]:
    """Those of the teams and features; an empty list leaves all."""
    return [line for line in found if (not teams or line.team in teams) and (not features or line.feature in features)]


def by_impact(found: Iterable[Line], currency: str) -> list[Line]:
    """Open ones, the most money in that currency first; those without an amount in it by severity, then by age."""
    return sorted(
        (line for line in found if line.is_open),
        key=lambda line: (
            -line.row["impact_cost"] if line.row["impact_cost"] and line.row["currency"] == currency else 0,
            *_gravity(line),
        ),
    )


def _gravity(line: Line) -> tuple[int, datetime, str]:
    """Smallest for the gravest, of these the oldest."""
    grades, severity = list(SIGNS), line.row["severity"]
    return grades.index(severity) if severity in grades else len(grades), line.row["opened_at"], line.key


def stake(found: Sequence[Line]) -> Stake:
    """What open alerts put at stake; what a larger open alert contains counts once, there."""
    inside = {child for line in found for child in line.told.get("children") or ()}
    counted = [line for line in found if line.row["fingerprint"] not in inside]
    costs: dict[str, Decimal] = {}
    known = [line for line in counted if line.row["impact_cost"] is not None]
    for line in known:
        currency = line.row["currency"] or ""
        costs[currency] = costs.get(currency, Decimal()) + line.row["impact_cost"]
    return Stake(costs, len(known), len(counted) - len(known))


def headline(found: Sequence[Line], now: datetime, which: str = "") -> str:
    """How many are open, and which is the gravest; `which` says what they were narrowed by."""
    if not found:
        return f"No alert is open {which}".strip()
    gravest = min(found, key=_gravity)
    who = f"{gravest.has_it} has it" if gravest.has_it else "nobody has it"
    told = f"{gravest.severity.split()[-1].lower()}, for {fmt.clock(gravest.seconds(now))}, {who}"
    number = "1 alert is" if len(found) == 1 else f"{fmt.count(len(found))} alerts are"
    return f"{number} open; the gravest: {gravest.row['title']} ({told})"


def severities_told(found: Sequence[Line]) -> str:
    """`1 page, 2 tickets`."""
    counted = Counter(line.row["severity"] for line in found)
    return ", ".join(
        fmt.plural(counted[name], name) if name != "info" else f"{counted[name]} info"
        for name in SIGNS
        if counted[name]
    )


def holders_told(found: Sequence[Line]) -> str:
    """`Ines 2, nobody 1`."""
    counted = Counter(line.has_it or "nobody" for line in found)
    return ", ".join(f"{who} {number}" for who, number in sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def precision(right: int, wrong: int) -> str:
    """`7 of 9` of those that are judged were right; unknown when none is."""
    return f"{fmt.count(right)} of {fmt.count(right + wrong)}" if right + wrong else fmt.UNKNOWN
