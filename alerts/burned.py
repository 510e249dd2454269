"""When objectives would have burned their budgets: all minutes that are kept, at once."""

from collections.abc import Iterable
from datetime import timedelta

from alerts.base import Situation
from alerts.lifecycle import REOPEN_WITHIN
from alerts.past import Fired, Past, in_order
from domain.slo.alerting import Span, alerting
from domain.slo.definition import Objective, SloDefinition
from domain.slo.methods import judged
from domain.slo.series import moment_of
from domain.slo.standing import slice_of
from queries.promises import MINUTES, Ask, known_to, series_of
from store.telemetry import KEPT_MINUTES

REOPEN_MINUTES = REOPEN_WITHIN // timedelta(minutes=1)


def burned(ask: Ask, situation: Situation, days: int) -> Past:
    """Every alert that a pair of an objective would have raised, over the minutes that are kept."""
    days = min(days, KEPT_MINUTES.days)
    at = known_to(ask, situation.now)
    fired = []
    for slo in situation.slos:
        for objective in slo.objectives:
            series = series_of(ask(MINUTES, start=at - timedelta(days=days), end=at, slo=(slo.key(objective),)).table)
            if series is None:
                continue
            by_method = judged(series, slo.method, *slice_of(objective))
            spans = [
                span
                for pair in objective.pairs
                for span in alerting(by_method, series, pair, objective.budget, slo.min_bad)
            ]
            fired += [_fired(slo, objective, span, series.end) for span in _alerts(spans)]
    return in_order(days, fired)


def _alerts(spans: Iterable[Span]) -> list[Span]:
    """Spans as alerts: what comes back within a day is the same one."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first - joined[-1][1] <= REOPEN_MINUTES:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _fired(slo: SloDefinition, objective: Objective, span: Span, end: int) -> Fired:
    first, last = span
    title = f"{slo.title(objective)} burns its error budget"
    return Fired(moment_of(first), title, moment_of(last + 1) if last + 1 < end else None)
