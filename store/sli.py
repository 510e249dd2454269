"""Counts what each objective over our own requests promises: good and total by minute.

The requests are added up once by minute, with one count for each time that any objective names; which of these sums
an objective takes, `slo_scope` says.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.slo.counting import Counting, Formula, Served
from domain.slo.definition import Counted, Kind
from domain.window import Window
from store import request_fate
from store.bulk import insert_rows
from store.request_hour import hour_of
from store.schema import column_names, table, to_batch
from store.sums import count
from store.tables import Attribution, InferenceRequest, RequestHour, SliHour, SliMinute, SloScope

Column = sa.ColumnElement[Any]
Flag = sa.ColumnElement[bool]
_MINUTE = timedelta(minutes=1)
SECONDS = {Kind.LATENCY: "duration_seconds", Kind.TIME_TO_FIRST_TOKEN: "time_to_first_token_seconds"}
NOBODY = ""
"""In a scope: no model, or no feature."""


def rebuild(connection: Connection, source: str, hours: Window, objectives: Sequence[Counting]) -> None:
    """Counts whole hours of one request log again for these objectives, after `request_hour`."""
    wanted = [o for o in objectives if o.indicator.source in (None, source)]
    for row, time in ((SliMinute, "minute"), (SliHour, "hour")):
        target = table(row)
        of_source = (target.c.source == source) & target.c.slo.in_([o.slo for o in objectives])
        connection.execute(sa.delete(target).where(of_source, _within(target.c[time], hours)))
    by_feature = any(o.indicator.of_features for o in wanted)
    if not _add_scopes(connection, source, hours, wanted, by_feature=by_feature):
        return
    for row, rows in (
        (SliMinute, _minutes(source, hours, wanted, by_feature=by_feature)),
        (SliHour, _hours(source, hours, [o.slo for o in wanted])),
    ):
        connection.execute(sa.insert(table(row)).from_select(list(column_names(row)), rows))


def _add_scopes(
    connection: Connection, source: str, hours: Window, objectives: Sequence[Counting], *, by_feature: bool
) -> bool:
    """Adds who served in these hours to those whom each objective counts; False when nobody of them counts.

    Who did not serve in these hours stays: its earlier requests are still counted.
    """
    served = [Served(*row) for row in connection.execute(_served(source, hours, by_feature=by_feature))]
    found = {
        (o.slo, source, *(one if o.indicator.of_features else one._replace(feature=NOBODY)), o.formula.key)
        for o in objectives
        for one in served
        if o.counts(one)
    }
    scopes = table(SloScope)
    of_source = (scopes.c.source == source) & scopes.c.slo.in_([o.slo for o in objectives])
    known = {tuple(row) for row in connection.execute(sa.select(scopes).where(of_source))}
    _drop_other_formulas(connection, source, objectives, known)
    names = column_names(SloScope)
    missing = [SloScope(**dict(zip(names, row, strict=True))) for row in sorted(found - known)]
    insert_rows(connection, SloScope, to_batch(SloScope, missing))
    return bool(found)


def _drop_other_formulas(
    connection: Connection, source: str, objectives: Sequence[Counting], known: Iterable[tuple[str, ...]]
) -> None:
    """They are of a process that has not read the changed files yet, and would count the same requests twice."""
    scopes, formulas = table(SloScope).c, {o.slo: o.formula.key for o in objectives}
    for slo in {slo for slo, *_, formula in known if formula != formulas[slo]}:
        others = (scopes.source == source) & (scopes.slo == slo) & (scopes.formula != formulas[slo])
        connection.execute(sa.delete(table(SloScope)).where(others))


def _served(source: str, hours: Window, *, by_feature: bool) -> sa.Select[Any]:
    facts = table(RequestHour)
    r = facts.c
    feature, owned = _owned(facts, r.hour, by_feature=by_feature)
    columns = (r.service, r.provider, sa.func.coalesce(r.model, NOBODY), feature)
    return sa.select(*columns).select_from(owned).where(r.source == source, _within(r.hour, hours)).distinct()


def _owned(facts: sa.Table, moment: Column, *, by_feature: bool) -> tuple[Column, sa.FromClause]:
    """The feature that owns a request on its day, and what to select it from; nobody when nobody asks."""
    if not by_feature:
        return sa.cast(sa.literal(NOBODY), sa.Text), facts
    owner, day = table(Attribution).c, sa.cast(moment, sa.Date)
    is_owner = (owner.attribution_key == facts.c.attribution_key) & (day >= owner.valid_from) & (day < owner.valid_to)
    return sa.func.coalesce(owner.feature, NOBODY), facts.outerjoin(table(Attribution), is_owner)


def _minutes(source: str, hours: Window, objectives: Sequence[Counting], *, by_feature: bool) -> sa.Select[Any]:
    """Rows of `sli_minute`."""
    formulas = sorted({o.formula for o in objectives}, key=lambda formula: formula.key)
    stage = _stage(source, hours, formulas, by_feature=by_feature).subquery("stage")
    s, scope = stage.c, table(SloScope).c
    named = [scope[name] == sa.func.coalesce(s[name], NOBODY) for name in ("service", "provider", "model")]
    is_scope = sa.and_(scope.source == source, *named, scope.feature.in_((NOBODY, s.feature)))
    good = sa.case({f.key: s[_good(number)] for number, f in enumerate(formulas)}, value=scope.formula)
    total = sa.case({f.key: s[_total(number)] for number, f in enumerate(formulas)}, value=scope.formula)
    excluded = _excluded(scope.slo, s.minute, hours, objectives)
    keys = (s.minute, scope.slo, sa.literal(source))
    sums = (
        count(sa.case((excluded, 0), else_=good)),
        count(sa.case((excluded, 0), else_=total)),
        count(sa.case((excluded, total), else_=0)),
    )
    joined = stage.join(table(SloScope), is_scope)
    of_objectives = scope.slo.in_([o.slo for o in objectives])
    by_minute = sa.select(*keys, *sums).select_from(joined).where(of_objectives).group_by(s.minute, scope.slo)
    return by_minute.having(sa.func.sum(total) > 0)


def _stage(source: str, hours: Window, formulas: Sequence[Formula], *, by_feature: bool) -> sa.Select[Any]:
    """Requests by minute and who served them; for each formula, how many are good and how many count."""
    facts = table(InferenceRequest)
    r = facts.c
    feature, owned = _owned(facts, r.started_at, by_feature=by_feature)
    minute = sa.func.date_trunc(sa.literal_column("'minute'"), r.started_at)
    sums = []
    for number, formula in enumerate(formulas):
        good, valid = _tests(formula)
        sums += [_counted(good).label(_good(number)), _counted(valid).label(_total(number))]
    keys = (minute.label("minute"), r.service, r.provider, r.model, feature.label("feature"))
    grouped = (minute, r.service, r.provider, r.model, *([feature] if by_feature else []))
    wanted = (r.source == source) & _within(r.started_at, hours)
    return sa.select(*keys, *sums).select_from(owned).where(wanted).group_by(*grouped)


def _tests(formula: Formula) -> tuple[Flag, Flag]:
    """Whether a request is good, and whether it counts at all."""
    answered = request_fate.is_answered()
    if formula.seconds is None:
        fates = ((request_fate.is_throttled(), formula.throttled), (request_fate.is_failed(), formula.failed))
        good = sa.or_(answered, *(test for test, counted in fates if counted is Counted.GOOD))
        return good, sa.or_(answered, *(test for test, counted in fates if counted is not Counted.INVALID))
    seconds, limit = table(InferenceRequest).c[SECONDS[formula.kind]], float(formula.seconds)
    in_time = seconds < limit if formula.strict else seconds <= limit
    return answered & in_time, answered & seconds.is_not(None)


def _counted(test: Flag) -> Column:
    return sa.func.count(sa.case((test, 1)))


def _good(number: int) -> str:
    return f"good_{number}"


def _total(number: int) -> str:
    return f"total_{number}"


def _excluded(slo: Column, minute: Column, hours: Window, objectives: Sequence[Counting]) -> Flag:
    """Minutes that touch planned maintenance."""
    tests = [
        (slo == o.slo) & (minute > _naive(e.window.start - _MINUTE)) & (minute < _naive(e.window.end))
        for o in objectives
        for e in o.exclusions
        if e.window.start < hours.end and e.window.end > hours.start
    ]
    return sa.or_(*tests) if tests else sa.false()


def _hours(source: str, hours: Window, slos: Sequence[str]) -> sa.Select[Any]:
    """Rows of `sli_hour`."""
    m = table(SliMinute).c
    keys = (hour_of(m.minute), m.slo, m.source)
    wanted = (m.source == source) & m.slo.in_(slos) & _within(m.minute, hours)
    return (
        sa.select(*keys, count(m.good_count), count(m.total_count), count(m.excluded_count))
        .where(wanted)
        .group_by(*keys)
    )


def _within(moment: Column, hours: Window) -> Flag:
    return (moment >= _naive(hours.start)) & (moment < _naive(hours.end))


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
