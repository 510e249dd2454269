"""What people know of coming days, placed on the series it touches: plans, launches, holidays, opinions."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from domain.anomaly.calendar import Span, launched
from domain.anomaly.daily import Known

Series = tuple[str, str]
"""A scope type and a scope."""

WHOLE: Series = ("organization", "")
EXPECTED: Literal["expected"] = "expected"
NOT_USEFUL: Literal["not useful"] = "not useful"
"""What a person may answer to an alert."""
PLANNED, LAUNCHES = ("planned", EXPECTED), ("launch", "release")


@dataclass(frozen=True)
class Calendar:
    """`rows` of anomaly/calendar; `parents` names what stands above a series."""

    rows: Sequence[Mapping[str, Any]] = ()
    holidays: Collection[date] = ()
    parents: Mapping[Series, Series] = field(default_factory=dict)

    def known(self, metric: str, scope_type: str, scopes: Sequence[str]) -> Known:
        """The same for the series of one metric and kind of scope, whose rows are in this order."""
        rows = {scope: row for row, scope in enumerate(scopes)}
        planned = [
            Span(row, one["start_on"], one["end_on"])
            for one in self._of(metric, PLANNED)
            for row in self._touched(one, scope_type, rows)
        ]
        launches = [
            launched(row, one["start_on"])
            for one in self._of(metric, LAUNCHES)
            for row in self._launching(one, scope_type, rows)
        ]
        return Known(self.holidays, planned, launches)

    def not_useful(self, metric: str, scope_type: str) -> Counter[str]:
        """How often people found the alerts of a series not useful, by scope."""
        return Counter(one["scope"] for one in self._of(metric, (NOT_USEFUL,)) if one["scope_type"] == scope_type)

    def _of(self, metric: str, kinds: Collection[str]) -> list[Mapping[str, Any]]:
        return [one for one in self.rows if one["kind"] in kinds and one["metric"] in (None, metric)]

    def _touched(self, one: Mapping[str, Any], scope_type: str, rows: Mapping[str, int]) -> list[int | None]:
        """A plan of a feature moves what stands above it, and the models and services mostly its own."""
        if one["scope_type"] is None:
            return [None]
        named = (one["scope_type"], one["scope"])
        touched = {named, *above(named, self.parents), *self._below(named)}
        return [rows[scope] for kind, scope in touched if kind == scope_type and scope in rows]

    def _launching(self, one: Mapping[str, Any], scope_type: str, rows: Mapping[str, int]) -> list[int | None]:
        """A launch may move a feature, its models, services and team; that the organisation moves is news."""
        if one["scope_type"] is None:
            return [None]
        named = (one["scope_type"], one["scope"])
        moving = {named, *above(named, self.parents), *self._below(named)} - {WHOLE}
        return [rows[scope] for kind, scope in moving if kind == scope_type and scope in rows]

    def _below(self, named: Series) -> list[Series]:
        """The models and services of a feature, and the providers of a team that is this feature's."""
        teams = [series for series in above(named, self.parents) if series != WHOLE]
        return [
            child
            for child, parent in self.parents.items()
            if parent == named or (parent in teams and child[0] == "provider")
        ]


def parents_of(scopes: Sequence[Mapping[str, Any]]) -> dict[Series, Series]:
    """What stands above each series, from rows of anomaly/scopes."""
    return {(one["scope_type"], one["scope"]): (one["parent_type"], one["parent"]) for one in scopes}


def above(series: Series, parents: Mapping[Series, Series]) -> list[Series]:
    """What stands above a series, the nearest first; the organisation is above all."""
    found: list[Series] = []
    while series in parents:
        series = parents[series]
        found.append(series)
    return found if WHOLE in found or series == WHOLE else [*found, WHOLE]
