"""What SLOs count in Prometheus, by PromQL of their files. Grain: one minute (or five) × SLO objective.

A minute is told by the increase of counters over it, so a counter that resets is no loss. The last minute is left to
settle, and the last ten are read again with their hour. What the server no longer knows, or cannot be counted, leaves
what was loaded before as it is. Minutes older than 35 days are kept as hours.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from collectors.base import Api, Source
from collectors.errors import DataError, FatalError
from collectors.histograms import by_time
from collectors.prometheus_api import Counts, PrometheusSliSettings, ask, endpoint, try_out
from collectors.refusals import RefusedError
from collectors.sli_minutes import from_counts, from_histograms, minutes
from domain.duration import parse_duration
from domain.slo.counting import Counting
from domain.window import Window, whole_hours
from store.tables import SliMinute

SETTLED_AFTER = timedelta(minutes=1)
"""A scrape is in the store seconds after it was taken; what comes later is read with the next run."""
NOT_UNDERSTOOD = (400, 422)
"""The query is wrong, or too large: the other objectives go on."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def collect(window: Window, api: Api) -> Iterator[SliMinute]:
    """The minutes of whole hours that touch the window, up to now. Raises CollectorError."""
    step = parse_duration(api.settings.step)
    hours = whole_hours(window)
    settled = api.now - SETTLED_AFTER
    end = min(hours.end, settled - (settled - _EPOCH) % step)
    api.complete_to = max(min(end, window.end), window.start)
    if end <= hours.start:
        return
    for counting in api.objectives:
        try:
            yield from _counted(api, counting, Window(hours.start, end), step)
        except RefusedError as error:
            if error.status not in NOT_UNDERSTOOD:
                raise
            api.set_aside(counting.slo, 0, f"Prometheus does not understand the query: {error.detail}")


def check(api: Api) -> None:
    """The server answers and understands every query. Raises CollectorError with the SLO that it does not."""
    step = parse_duration(api.settings.step)
    try_out(api, "vector(1)", step)
    for counting in api.objectives:
        try:
            for query in _queries(counting):
                try_out(api, query, step)
        except RefusedError as error:
            raise FatalError(f"{api.name}: the SLO {counting.slo}: {error.detail}; correct its query") from None


def _queries(counting: Counting) -> list[str]:
    of = counting.indicator
    return [q for q in (of.good_query, of.bad_query, of.total_query, of.histogram_query) if q is not None]


def _counted(api: Api, counting: Counting, span: Window, step: timedelta) -> Iterator[SliMinute]:
    def refuse(start: datetime, reason: str) -> None:
        number = (start - _EPOCH) // timedelta(minutes=1)
        api.set_aside(counting.slo, number, f"{start:%Y-%m-%d %H:%M} UTC: {reason}")

    of = counting.indicator
    if of.histogram_query is not None:
        assert of.threshold_seconds is not None
        try:
            found = by_time(ask(api, of.histogram_query, span, step))
        except DataError as error:
            raise DataError(f"{api.name}: the SLO {counting.slo}: {error}") from None
        good, total = from_histograms(found, of.threshold_seconds / of.unit_seconds, refuse, step)
    else:
        assert of.total_query is not None
        total = _sums(api, of.total_query, span, step)
        parts = {"good": of.good_query, "bad": of.bad_query}
        sums = {name: _sums(api, query, span, step) for name, query in parts.items() if query is not None}
        good = from_counts(sums.get("good"), sums.get("bad"), total, refuse, step)
    yield from minutes(counting, api.name, good, total, step)


def _sums(api: Api, query: str, span: Window, step: timedelta) -> Counts:
    """Series that a query tells apart are parts of one count."""
    found: Counts = {}
    for series in ask(api, query, span, step):
        for moment, count in series.counts.items():
            found[moment] = found.get(moment, Decimal(0)) + count
    return found


SOURCE = Source(
    name="prometheus",
    title="Prometheus",
    role="metrics",
    writes=SliMinute,
    settings=PrometheusSliSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1m",
    lookback="10m",
    chunk="1d",
    grain="1h",
)
