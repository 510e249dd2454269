"""Which alerts an SLO would have sent over a series of minutes, and what was left of its budget."""

from dataclasses import dataclass
from datetime import UTC
from fractions import Fraction
from typing import Any

from rich.table import Table

from burnline.minute_file import MinuteFile
from domain.slo.alerting import Span, alerting
from domain.slo.attainment import Counts, State, attained, burn_rate, interval, remaining, state
from domain.slo.definition import Method, Objective, SloDefinition
from domain.slo.exhaustion import calendar_minutes_left, minutes_left, rolling_minutes_left
from domain.slo.methods import by_method, disagreement, judged
from domain.slo.pairs import AlertPair
from domain.slo.period import CalendarPeriod, Period
from domain.slo.series import MinuteSeries, minute_of, moment_of
from domain.slo.timing import detection_minutes

RECENT_MINUTES = 360
"""What goes on is what the last six hours show: the window of the slower page."""
BURN_MINUTES = {"1h": 60, "6h": 360, "3d": 4320}
DEFAULT_SLICE_MINUTES = 5
"""Slices for the comparison of methods, where the SLO has none of its own: Sloth's."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One window: its minutes [first, end), how many of them are known, what was counted, and what that means."""

    period: Period
    first: int
    end: int
    known_minutes: int
    counts: Counts
    left: Fraction | None
    state: State


@dataclass(frozen=True, slots=True)
class Backtest:
    """`left_simple` and `left_simulated` are minutes until the budget is gone; None when it lasts, or nobody knows."""

    slo: SloDefinition
    objective: Objective
    file: MinuteFile
    pairs: tuple[tuple[AlertPair, list[Span]], ...]
    windows: tuple[Judged, ...]
    burns: dict[str, Fraction | None]
    left_simple: Fraction | None
    left_simulated: int | None
    methods: dict[Method, Counts]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values; what is unknown is None. Ratios are the nearest float of an exact number."""
        window = self.windows[0]
        return {
            "slo": self.slo.name,
            "objective": self.objective.name,
            "target": float(self.objective.target),
            "method": self.slo.method.value,
            "pairs": [
                {
                    "severity": pair.severity,
                    "factor": float(pair.factor),
                    "long": pair.long_text,
                    "short": pair.short_text,
                    "spans": [[self.file.text(first), self.file.text(last)] for first, last in spans],
                }
                for pair, spans in self.pairs
            ],
            **self._told(window),
            "burn": {name: _number(burn) for name, burn in self.burns.items()},
            "exhausted_in_hours": {
                "simple": _hours(self.left_simple),
                "simulated": _hours(self.left_simulated),
            },
            "windows": [self._told(judged_window) for judged_window in self.windows],
            "by_method": {method.value: _number(attained(counts)) for method, counts in self.methods.items()},
            "pairs_that_can_never_fire": [str(pair) for pair in self.objective.refused],
            "warnings": list(self.warnings),
        }

    def _told(self, window: Judged) -> dict[str, Any]:
        return {
            "attainment": _number(attained(window.counts)),
            "budget_remaining": _number(window.left),
            "state": window.state.value,
            "interval_95": interval(window.counts),
            "good": _number(window.counts.good),
            "total": _number(window.counts.total),
            "window": {
                "duration": window.period.text,
                "first": self.file.text(window.first),
                "last": self.file.text(window.end - 1),
                "minutes": window.end - window.first,
                "known_minutes": window.known_minutes,
            },
        }

    def sentences(self) -> list[str]:
        """What a person wants to know, most important first."""
        told = [
            f"{self.slo.display_name}, {self.objective.name}: {_percent(self.objective.target)} by {self.slo.method}."
        ]
        for window in self.windows:
            ratio, bounds = attained(window.counts), interval(window.counts)
            if ratio is None or bounds is None or window.left is None:
                told.append(f"{window.period.text}: no data.")
                continue
            span = f"{self.file.text(window.first)} to {self.file.text(window.end - 1)}"
            told.append(
                f"{window.period.text} ({span}): {_percent(ratio)}, 95% sure between {_percent(bounds[0])} and "
                f"{_percent(bounds[1])}: {window.state}. Budget left: {float(window.left):.1%}."
            )
        burns = ", ".join(f"{name} {_shown(burn)}" for name, burn in self.burns.items())
        told.append(f"Burn rate at the end: {burns}. {self._exhaustion()}")
        told += self.warnings
        return told

    def _exhaustion(self) -> str:
        if self.left_simple == 0 and self.left_simulated == 0:
            return "The budget is spent."
        if self.windows[0].left is None or self.burns["6h"] is None:
            return "Of the last 6 h nothing is known, so nobody can tell when the budget is spent."
        simple, simulated = (
            "never" if left is None else f"in {float(left) / 60:,.1f} h"
            for left in (self.left_simple, self.left_simulated)
        )
        rolling = not isinstance(self.slo.windows[0], CalendarPeriod)
        beside = "with old errors leaving the window" if rolling else "before the window ends"
        return f"At the pace of the last 6 h it is spent {simple} ({simulated} {beside})."

    def table(self) -> Table:
        """One row per span, and one for each pair that never fired."""
        table = Table(title="Alerts", title_justify="left")
        table.add_column("alert", no_wrap=True)
        table.add_column("outage takes", justify="right")
        table.add_column("from", overflow="fold")
        table.add_column("to", overflow="fold")
        table.add_column("minutes", justify="right")
        for pair, spans in self.pairs:
            soonest = detection_minutes(pair, self.objective.budget, Fraction(1))
            takes = "–" if soonest is None else f"{float(soonest):.1f} min"
            for first, last in spans:
                table.add_row(str(pair), takes, self.file.text(first), self.file.text(last), f"{last - first + 1:,}")
            if not spans:
                table.add_row(str(pair), takes, "never", "", "0")
        return table


def backtest(slo: SloDefinition, objective: Objective, file: MinuteFile) -> Backtest:
    """Judges the series at its last minute and evaluates every pair at each minute, without the SLO's exclusions."""
    events = file.series.without([exclusion.window for exclusion in slo.exclusions])
    slice_minutes = (objective.slice_seconds or DEFAULT_SLICE_MINUTES * 60) // 60
    counted = judged(events, slo.method, slice_minutes, objective.slice_target)
    windows = tuple(_judged(period, events, counted, objective) for period in slo.windows)
    recent = counted.counts(counted.end - RECENT_MINUTES, counted.end)
    first = windows[0]
    methods = by_method(events, first.first, first.end, slice_minutes, objective.slice_target)
    disagree = disagreement(methods, objective.target)
    return Backtest(
        slo=slo,
        objective=objective,
        file=file,
        pairs=tuple((pair, alerting(counted, events, pair, objective.budget, slo.min_bad)) for pair in objective.pairs),
        windows=windows,
        burns={
            name: burn_rate(counted.counts(counted.end - minutes, counted.end), objective.budget)
            for name, minutes in BURN_MINUTES.items()
        },
        left_simple=_simple(first, recent, objective),
        left_simulated=_simulated(first, counted, events, recent, objective),
        methods=methods,
        warnings=(*file.notes, *_excluded(slo, file.series, events), *([disagree] if disagree else [])),
    )


def _judged(period: Period, events: MinuteSeries, counted: MinuteSeries, objective: Objective) -> Judged:
    span = period.so_far(moment_of(events.end))
    first, end = minute_of(span.start), events.end
    counts = counted.counts(first, end)
    return Judged(
        period=period,
        first=first,
        end=end,
        known_minutes=events.known_minutes(first, end),
        counts=counts,
        left=remaining(counts, objective.budget),
        state=state(counts, objective.target),
    )


def _simple(window: Judged, recent: Counts, objective: Objective) -> Fraction | None:
    if window.left is None:
        return None
    return minutes_left(window.left, window.period.nominal_minutes, burn_rate(recent, objective.budget))


def _simulated(
    window: Judged, counted: MinuteSeries, events: MinuteSeries, recent: Counts, objective: Objective
) -> int | None:
    known = events.known_minutes(events.end - RECENT_MINUTES, events.end)
    if isinstance(window.period, CalendarPeriod):
        end = minute_of(window.period.span_until(moment_of(events.end)).end)
        return calendar_minutes_left(window.counts, objective.budget, recent, known, end - events.end)
    return rolling_minutes_left(counted, window.period.minutes, objective.budget, recent, known)


def _excluded(slo: SloDefinition, whole: MinuteSeries, kept: MinuteSeries) -> list[str]:
    gone = whole.known_minutes(whole.start, whole.end) - kept.known_minutes(kept.start, kept.end)
    if not gone:
        return []
    reasons = ", ".join(
        f"{exclusion.reason} ({exclusion.window.start.astimezone(UTC):%Y-%m-%d %H:%M})" for exclusion in slo.exclusions
    )
    return [f"{gone:,} minutes of maintenance are in neither good nor total: {reasons}."]


def _number(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 and abs(value) > 1 else float(value)


def _hours(minutes: Fraction | int | None) -> float | None:
    return None if minutes is None else float(minutes) / 60


def _shown(burn: Fraction | None) -> str:
    return "unknown" if burn is None else f"{float(burn):.3g}"


def _percent(ratio: Any) -> str:
    return f"{float(ratio) * 100:.6g}%"
