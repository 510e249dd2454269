"""Which time a pack of evidence is of, and whose facts it is narrowed to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from burnline.series_file import parse_day
from config.settings import SettingsError
from domain.window import Window
from queries.kpis import Filters

DIMENSIONS = ("feature", "team", "tier")
SHOWN_NAMES = 20
"""Of what there is, in a sentence."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days `[first, end)` of the organisation, and the UTC moments at which they begin and end."""

    first: date
    end: date
    zone: str
    window: Window

    def as_json(self) -> dict[str, str | bool]:
        """For the manifest, in UTC and in the organisation's zone."""
        zone = ZoneInfo(self.zone)
        return {
            "from": self.first.isoformat(),
            "to": self.end.isoformat(),
            "time_zone": self.zone,
            "start": self.window.start.isoformat(),
            "end": self.window.end.isoformat(),
            "start_local": self.window.start.astimezone(zone).isoformat(),
            "end_local": self.window.end.astimezone(zone).isoformat(),
            "end_is_included": False,
        }


def span_of(first: str | None, end: str | None, zone_name: str, now: datetime) -> Span:
    """The span of --from and --to. Raises SettingsError, also for one that is not over yet: its pack would change."""
    if first is None or end is None:
        raise SettingsError("A pack needs a span: --from, its first day, and --to, the day after its last.")
    zone = ZoneInfo(zone_name)
    first_day, end_day = _day("--from", first), _day("--to", end)
    if first_day >= end_day:
        raise SettingsError(f"--from {first_day} is not before --to {end_day}, which is the day after the last.")
    start_at, end_at = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first_day, end_day))
    if end_at > now:
        raise SettingsError(
            f"--to {end_day} is not over: what is still to come would make each pack another; "
            f"--to {now.astimezone(zone).date()} is the latest ({zone_name})."
        )
    return Span(first_day, end_day, zone_name, Window(start_at, end_at))


def scope_of(given: Sequence[str], known: Iterable[Mapping[str, str]]) -> Filters:
    """From `feature:chat` and its like; `known` has dimension and item of all there is. Raises SettingsError."""
    named: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for row in known:
        named[row["dimension"]].add(row["item"])
    chosen: dict[str, list[str]] = {dimension: [] for dimension in DIMENSIONS}
    for text in given:
        dimension, separator, item = text.partition(":")
        if dimension not in DIMENSIONS or not separator:
            raise SettingsError(f"--scope {text!r} is none of {', '.join(f'{name}:NAME' for name in DIMENSIONS)}.")
        if item not in named[dimension]:
            raise SettingsError(
                f"--scope {text!r}: nothing stored is of this {dimension}; {_there_is(named[dimension])}."
            )
        chosen[dimension].append(item)
    return Filters(**{name: tuple(sorted(set(items))) for name, items in chosen.items()})


def _day(option: str, text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        raise SettingsError(f"{option}: {error}.") from None


def _there_is(names: set[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - SHOWN_NAMES} more" if len(listed) > SHOWN_NAMES else ""
    return f"there are: {', '.join(listed[:SHOWN_NAMES])}{more}" if listed else "none is known yet"
