"""How every KPI stands in the review of a week."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from domain.kpi.calendar import year_before
from domain.kpi.definition import ANY_TIER, Kpi
from domain.kpi.reading import UNKNOWN, Point, Reading, Status, Verdict, point, read, streak_of
from domain.kpi.target import Form
from domain.kpi.wording import Standing
from queries.catalog import catalog
from queries.coverage import Coverage, Facts, FactsState, coverage_of
from queries.failures import FAILURES as FAILURES
from queries.failures import first_line
from queries.kpi_definitions import SHOWN
from queries.runner import Result
from queries.set_aside import LeftOut, SetAside

PERIODS, COVERAGE, SCOPE = "kpi/periods", "kpi/coverage", "kpi/scope"
OUT_OF_SCOPE = "no feature is in this filter"
ANY_ZONE = timedelta(days=1)
"""The last day of a period may end later in UTC than on the organisation's clock."""
GRAVEST = (Status.MISSED, Status.AT_RISK)
"""What a tier with a stricter target may make of a KPI that is fine over all."""
AT_ONCE = 4
"""Questions under way: a server is not waited for 25 times in a row, and DuckDB's small queries use one core each."""

log = logging.getLogger(__name__)

Ask: TypeAlias = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a review is narrowed to; empty means everything."""

    tier: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()

    def given(self) -> dict[str, tuple[str, ...]]:
        """The filters that narrow."""
        named = {"tier": self.tier, "team": self.team, "feature": self.feature}
        return {name: values for name, values in named.items() if values}


@dataclass(frozen=True, slots=True)
class Period:
    """One week, month or quarter; times are aware UTC."""

    cadence: str
    name: str
    start: datetime
    end: datetime
    start_on: date
    end_on: date


@dataclass(frozen=True)
class Row:
    """One KPI in a review. `periods` and `points` are its trend, oldest first; `so_far` the period under way.

    `tiers` are the readings of those with a target of their own. `result` is the answer behind it, None when the
    question failed; `problem` then says why. `set_aside` is what its newest period leaves out.
    """

    kpi: Kpi
    period: Period | None
    periods: Sequence[Period]
    points: Sequence[Point]
    reading: Reading
    facts: Facts
    years_before: Sequence[Point] = ()
    tiers: Mapping[str, Reading] = field(default_factory=dict)
    so_far: Point | None = None
    result: Result | None = None
    problem: str = ""
    set_aside: Sequence[SetAside] = ()

    @property
    def verdict(self) -> Verdict:
        """Over all, unless a tier with a target of its own does worse."""
        own = self.reading.verdict
        for status in GRAVEST:
            if own.status is status:
                return own
            for tier, reading in self.tiers.items():
                if reading.verdict.status is status:
                    return Verdict(status, f"{tier}: {reading.verdict.reason}")
        return own

    @property
    def statuses(self) -> Sequence[Status]:
        """Those of all periods, oldest first: over all, unless a tier with a target of its own did worse."""
        of_periods = zip(self.reading.statuses, *(one.statuses for one in self.tiers.values()), strict=True)
        return [_gravest(*statuses) for statuses in of_periods]

    @property
    def streak(self) -> int:
        """For how many periods its status has been so."""
        return streak_of(self.statuses)


def _gravest(own: Status, *of_tiers: Status) -> Status:
    return next((status for status in GRAVEST if status in (own, *of_tiers)), own)


@dataclass(frozen=True)
class Review:
    """Every KPI at the end of a week, leading ones first, finance last."""

    week: Period
    rows: Sequence[Row]
    coverage: Coverage
    filters: Filters = field(default_factory=Filters)

    @property
    def standings(self) -> list[Standing]:
        """What its headline is made from."""
        return [Standing(row.kpi.name, row.verdict.status, row.streak) for row in self.rows]


def periods_to(ask: Ask, until: datetime) -> dict[str, list[Period]]:
    """By cadence: the periods that are reviewed at `until`, with the year before, oldest first; some lie ahead."""
    rows = ask(PERIODS, start=until - timedelta(days=1200), end=until + timedelta(days=1)).rows()
    found: dict[str, list[Period]] = {cadence: [] for cadence in SHOWN}
    for row in rows:
        start, end = row["start_at"].replace(tzinfo=UTC), row["end_at"].replace(tzinfo=UTC)
        found[row["cadence"]].append(Period(row["cadence"], row["name"], start, end, row["start_on"], row["end_on"]))
    return found


def review(
    ask: Ask, kpis: Sequence[Kpi], week: Period, currency: str, filters: Filters | None = None, tier: str = ANY_TIER
) -> Review:
    """Every KPI as it is known at the end of `week`. A question that fails spoils its own row only.

    `tier` decides whose targets count. `ask` is called by several threads at a time. Where filters leave no feature, a
    KPI that knows features has no value: 0 incidents of nothing are not on track.
    """
    filters = filters or Filters()
    known = coverage_of(ask(COVERAGE).rows(), week.end)
    periods = periods_to(ask, week.end)
    in_scope = is_in_scope(ask, filters)

    def row_of(kpi: Kpi) -> Row:
        if not in_scope and "feature" in catalog()[kpi.query].params:
            return _unknown(kpi, (), known.facts(kpi.facts), tier, OUT_OF_SCOPE)
        return one_row(ask, kpi, periods[kpi.cadence], week.end, known, currency, filters, tier)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = list(pool.map(row_of, kpis))
    return Review(week, with_set_aside(ask, rows, filters), known, filters)


def is_in_scope(ask: Ask, filters: Filters) -> bool:
    """False when no declared feature is in all of the filters."""
    return not filters.given() or ask(SCOPE, **filters.given()).row_count > 0


def with_set_aside(ask: Ask, rows: Sequence[Row], filters: Filters) -> list[Row]:
    """Rows with what their newest period leaves out. That is a note: where it cannot be asked, the rows stand."""
    try:
        left_out = LeftOut(ask, [row.period.name for row in rows if row.period], filters.given())
        return [
            row
            if row.period is None
            else replace(row, set_aside=left_out.of(row.kpi.key, row.facts.sources, row.period.name))
            for row in rows
        ]
    except FAILURES as error:
        log.warning("What the KPIs left out is not known: %s", first_line(error))
        return list(rows)


def _unknown(kpi: Kpi, shown: Sequence[Period], facts: Facts, tier: str, problem: str = "") -> Row:
    reading = read(kpi, [UNKNOWN], [UNKNOWN], tier)
    return Row(kpi, shown[-1] if shown else None, shown, (), reading, facts, problem=problem)


def one_row(
    ask: Ask,
    kpi: Kpi,
    periods: Sequence[Period],
    until: datetime,
    coverage: Coverage,
    currency: str,
    filters: Filters,
    tier: str = ANY_TIER,
    *,
    with_year_before: bool = False,
) -> Row:
    """One KPI at `until`, with its trend; the year before only when it is wanted, or a target is about it."""
    facts = coverage.facts(kpi.facts)
    over = [one for one in periods if one.end <= until]
    under_way = next((one for one in periods if one.start < until < one.end), None)
    shown = [*over, under_way] if kpi.running and under_way else over
    shown = shown[-SHOWN[kpi.cadence] :]
    unknown = _unknown(kpi, shown, facts, tier)
    untold = sorted(filters.given().keys() - catalog()[kpi.query].params.keys())
    if not shown:
        return replace(unknown, problem="its periods are not in the store; run: python -m burnline db upgrade")
    if untold:
        return replace(unknown, problem=f"it is not known by {' and '.join(untold)}")
    try:
        about_a_year = any(target.form is Form.CHANGE for target in kpi.targets.values())
        first = first_asked(periods, shown) if about_a_year or with_year_before else shown[0].start
        result = ask_series(ask, kpi, "all", first, until, coverage, currency, filters)
        told = by_start(kpi, result.rows())
        strict = () if filters.tier else kpi.strict_tiers
        of_tiers = ask_series(ask, kpi, "tier", first, until, coverage, currency, filters) if strict else None
    except FAILURES as error:
        return replace(unknown, problem=f"its query failed: {first_line(error)}")
    points, before = trend(kpi, shown, periods, told, facts)
    tiers = {}
    for name in strict:
        of_tier = by_start(kpi, [] if of_tiers is None else [row for row in of_tiers.rows() if row["segment"] == name])
        tiers[name] = read(kpi, *trend(kpi, shown, periods, of_tier, facts), name)
    return Row(
        kpi=kpi,
        period=shown[-1],
        periods=shown,
        points=points,
        reading=read(kpi, points, before, tier),
        facts=facts,
        years_before=before,
        tiers=tiers,
        so_far=told.get(under_way.start) if under_way else None,
        result=result,
    )


def first_asked(periods: Sequence[Period], shown: Sequence[Period]) -> datetime:
    """Where the year before the periods shown begins: nothing older is looked at."""
    then = year_before(shown[0].cadence, shown[0].start_on)
    return min(one.start for one in periods if one.start_on >= then)


def trend(
    kpi: Kpi, shown: Sequence[Period], periods: Sequence[Period], told: Mapping[datetime, Point], facts: Facts
) -> tuple[list[Point], list[Point]]:
    """The points of the periods shown, and those of a year before; `told` by the start of the period."""
    starts = {one.start_on: one for one in periods}
    points = [_filled(kpi, told.get(one.start), one, facts) for one in shown]
    return points, [_year_before(kpi, one, starts, told, facts) for one in shown]


def by_start(kpi: Kpi, rows: Iterable[Mapping[str, Any]]) -> dict[datetime, Point]:
    """Points by the start of their period."""
    return {row["period_start"].replace(tzinfo=UTC): point(kpi, row) for row in rows}


def ask_series(
    ask: Ask,
    kpi: Kpi,
    segment: str,
    start: datetime,
    until: datetime,
    coverage: Coverage,
    currency: str,
    filters: Filters,
) -> Result:
    """The answer of a KPI's query for the periods that begin from `start` on, as of `until`."""
    takes = catalog()[kpi.query].params
    given: dict[str, Any] = {
        "cadence": kpi.cadence,
        "start": start,
        "end": until,
        "until": until,
        "segment": segment,
        "currency": currency,
        "known_to": coverage.facts(kpi.facts).known_to or until + ANY_ZONE,
        **filters.given(),
    }
    return ask(kpi.query, **{name: value for name, value in given.items() if name in takes})


def segments_of(kpi: Kpi) -> tuple[str, ...]:
    """What it can be split by."""
    return tuple(one for one in catalog()[kpi.query].choices["segment"] if one != "all")


def _filled(kpi: Kpi, told: Point | None, period: Period, facts: Facts) -> Point:
    """Nothing, a 0 as well, is a finding only where a source tells of each of its facts: 0 of 5 teams may be no source.

    A count is 0 where somebody would have told of one; usage beside it does not know of incidents.
    """
    if told is not None and told.value != 0:
        return told
    if facts.state is FactsState.NONE:
        return UNKNOWN
    if kpi.unit != "count":
        return told or UNKNOWN
    if _is_covered(period, facts):
        return told or Point(0.0, 0.0, 0.0, 1.0, 0, beside=_none_of(kpi))
    return UNKNOWN


def _none_of(kpi: Kpi) -> dict[str, int | None]:
    """The figures beside a count of which there is no row at all: counts are 0, too."""
    return {name: 0 if word == "count" else None for name, word in kpi.beside.items()}


def _is_covered(period: Period, facts: Facts) -> bool:
    """True when its facts were watched in some of the period by every source that says up to when it knows."""
    began = facts.first_at is not None and facts.first_at < period.end
    return began and (facts.known_to is None or facts.known_to > period.start)


def _year_before(
    kpi: Kpi, period: Period, starts: Mapping[date, Period], told: Mapping[datetime, Point], facts: Facts
) -> Point:
    then = starts.get(year_before(period.cadence, period.start_on))
    return UNKNOWN if then is None else _filled(kpi, told.get(then.start), then, facts)
