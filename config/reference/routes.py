"""routes.toml: where alerts go. Which sinks, rules and options there are, `alerts.configured` knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries, toml_table, toml_tables
from config.settings import Duration, known_zone

FILE_NAME = "routes.toml"

_TO, _ROUTE, _DEFAULT = "[to.<name>]", "[[route]]", "[default]"


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]
"""One text or a list of them."""


def _clock(value: Any) -> Any:
    """`20:00-07:00` as two times."""
    match = re.fullmatch(r"\s*(\d\d:\d\d)\s*-\s*(\d\d:\d\d)\s*", str(value))
    try:
        start, end = (time.fromisoformat(text) for text in match.groups()) if match else (None, None)
    except ValueError:
        start = end = None
    if start == end:
        raise ValueError(f"{value!r} is not two different times of a day such as 20:00-07:00")
    return start, end


def _weekdays(value: Any) -> Any:
    """Names of days as their numbers, Monday being 0."""
    unknown = [day for day in _several(value) if day not in WEEKDAYS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no day; use {', '.join(WEEKDAYS)}")
    days = frozenset(WEEKDAYS.index(day) for day in _several(value))
    if len(days) == len(WEEKDAYS):
        raise ValueError("it would never end; leave out one day at least")
    return days


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Clock = Annotated[tuple[time, time], BeforeValidator(_clock)]
Weekdays = Annotated[frozenset[int], BeforeValidator(_weekdays)]
Timezone = Annotated[str, AfterValidator(known_zone)]


class DestinationEntry(BaseModel):
    """`[to.<name>]` of routes.toml; every other key belongs to the sink.

    What is no page waits while it is quiet: from one time of the day to another, and on whole days, by the clock of
    `timezone` (None: the organisation's). Beyond `max_per_day` alerts, what is no page is told in one digest; 0: never.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    sink: str
    quiet: Clock | None = None
    quiet_days: Weekdays = frozenset()
    timezone: Timezone | None = None
    max_per_day: int | None = Field(default=None, ge=0)

    @property
    def options(self) -> dict[str, Any]:
        """What the sink must understand."""
        return self.model_extra or {}


class RouteEntry(Entry):
    """`[[route]]` of routes.toml: an alert must fit every key that is there; of several texts one."""

    rule: Words | None = None
    kind: Words | None = None
    severity: Words | None = None
    team: Words | None = None
    feature: Words | None = None
    tier: Words | None = None
    provider: Words | None = None
    owner: Words | None = None
    min_impact: Decimal | None = Field(default=None, ge=0)
    to: Words
    after: Duration | None = None
    goes_on: bool = Field(default=False, alias="continue")


class DefaultEntry(Entry):
    """`[default]` of routes.toml: where an alert goes that no route takes."""

    to: Words


@dataclass(frozen=True, slots=True)
class Routes:
    """The file as it stands, each part with its line. `path` is None where there is no such file."""

    path: Path | None = None
    destinations: Mapping[str, tuple[Line, DestinationEntry]] = field(default_factory=dict)
    routes: tuple[tuple[Line, RouteEntry], ...] = ()
    default: tuple[Line, DefaultEntry] | None = None

    @property
    def says_nothing(self) -> bool:
        """True for a file of comments."""
        return not self.destinations and not self.routes and self.default is None


def read_routes(problems: Problems) -> Routes:
    """The file's destinations, routes in their order, and default. Raises SettingsError for a file that is no TOML."""
    if not problems.path.exists():
        return Routes()
    named = toml_tables("to", DestinationEntry, problems, beside=(_ROUTE, _DEFAULT))
    return Routes(
        path=problems.path,
        destinations={name: (line, entry) for line, name, entry in named},
        routes=tuple(toml_entries("route", RouteEntry, problems, beside=(_TO, _DEFAULT))),
        default=toml_table("default", DefaultEntry, problems, beside=(_TO, _ROUTE)),
    )
