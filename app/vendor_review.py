"""What the page of providers asks, once for all of its parts: the scores of a period beside the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app import data, incidents, providers
from app.incidents import Line
from app.period import Period
from app.providers import Score, Trouble
from domain.incident.spans import clipped, impact_time
from domain.provider_sla import Sla
from domain.window import Window
from queries.runner import Result

HISTORY = timedelta(days=365)
"""A provider without an incident for a year has no status page here, rather than a year without one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whole days of a period, those of the one before, and what is promised; `at` is the minute it is asked."""

    start: date
    end: date
    before: date
    before_end: date
    currency: str
    slas: tuple[Sla, ...]
    at: datetime

    @property
    def window(self) -> Window:
        """The period in UTC."""
        return Window(_midnight(self.start), _midnight(self.end))

    @property
    def window_before(self) -> Window | None:
        """The period before; None when it is empty."""
        return Window(_midnight(self.before), _midnight(self.before_end)) if self.before < self.before_end else None

    @property
    def days(self) -> dict[str, date]:
        """Both periods as parameters of a query."""
        return {
            "start": self.start,
            "end": self.end,
            "previous_start": self.before,
            "previous_end": self.before_end,
        }


def asked(period: Period, currency: str, slas: tuple[Sla, ...], at: datetime) -> Asked:
    """The whole days of a period; the begun ones when none is whole yet."""
    end = period.complete_end if period.complete_end > period.start else period.end
    return Asked(period.start, end, period.before, period.before_end, currency, slas, at)


def scores(given: Asked) -> list[Score]:
    """One per provider, with its models as parts."""
    return data.derived(("provider scores", given), lambda: _scores(given))


def _scores(given: Asked) -> list[Score]:
    known = {row["provider"] for row in incident_rows(given).rows()}
    lines = incident_lines(given)
    return providers.scores(
        requests(given).rows(),
        latency(given).rows(),
        spend(given).rows(),
        _troubles(lines, given.window, known, given.at),
        _troubles(lines, given.window_before, known, given.at),
        given.slas,
    )


def requests(given: Asked) -> Result:
    """What became of our requests."""
    return data.ask("provider/requests", **given.days)


def latency(given: Asked) -> Result:
    """How long they took."""
    return data.ask("provider/latency", **given.days)


def spend(given: Asked) -> Result:
    """What was billed, and what the usage would cost at list price."""
    return data.ask("provider/spend", currency=given.currency, **given.days)


def incident_rows(given: Asked) -> Result:
    """The providers' incidents of a year."""
    return data.ask("incident/provider_incidents", start=_midnight(given.before) - HISTORY, end=_midnight(given.end))


def incident_lines(given: Asked) -> list[Line]:
    """The same, one line each."""
    return data.derived(
        ("provider incidents", given), lambda: incidents.provider_lines(incident_rows(given).rows(), given.at)
    )


def in_window(lines: Sequence[Line], window: Window, at: datetime) -> list[Line]:
    """Those that hurt in a window; what goes on hurts until `at`."""
    seen = _seen(window, at)
    return [line for line in lines if seen and clipped(line.spans, seen)]


def _troubles(lines: Sequence[Line], window: Window | None, known: set[str], at: datetime) -> Mapping[str, Trouble]:
    """Of every provider that has ever told of an incident."""
    seen = _seen(window, at) if window else None
    if seen is None:
        return {}
    found = {}
    for provider in known:
        its = [parts for line in lines if line.row["provider"] == provider and (parts := clipped(line.spans, seen))]
        together = impact_time([part for parts in its for part in parts])
        found[provider] = Trouble(len(its), together.total_seconds() if together else 0.0)
    return found


def _seen(window: Window, at: datetime) -> Window | None:
    end = min(window.end, at)
    return Window(window.start, end) if window.start < end else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
