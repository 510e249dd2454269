"""routes.toml: where alerts go. Which sinks, rules and options there are, `alerts.configured` knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries, toml_table, toml_tables
from config.settings import Duration

FILE_NAME = "routes.toml"

_TO, _ROUTE, _DEFAULT = "[to.<name>]", "[[route]]", "[default]"


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]
"""One text or a list of them."""


class DestinationEntry(BaseModel):
    """`[to.<name>]` of routes.toml; every key but `sink` belongs to the sink."""

    model_config = ConfigDict(extra="allow", frozen=True)

    sink: str

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
