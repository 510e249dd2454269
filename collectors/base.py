"""What a source declares. A source is one file in `sources/` with one `SOURCE`; nothing else lists it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator

from collectors.errors import CollectorError, FatalError
from config.settings import check_duration
from domain.slo.counting import Counting
from domain.window import Window
from store.load import BillingPeriod
from store.tables import Quarantine

History = Sequence[tuple[str, Window]]
"""`(detail, window)` of every delivery that a source has loaded, in the order of loading."""

ROLES = ("billing", "usage", "metrics")
"""`billing` may write charges, `usage` is counted in tokens and requests, `metrics` is in no total."""


class SourceSettings(BaseModel):
    """Keys every source accepts under `[sources.<name>]`; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = ""
    enabled: bool = True
    backfill_days: int = Field(default=120, ge=1, le=3653)
    every: str | None = None
    stale_after: str | None = None

    @field_validator("every", "stale_after")
    @classmethod
    def _is_duration(cls, value: str | None) -> str | None:
        return value if value is None else check_duration(value)


class RequestSettings(SourceSettings):
    """Adds whether tokens and requests are counted as usage: true, false, or the providers of whom they are.

    Requests to a provider whose own report is collected, too, would count twice; those to a model that nobody else
    reports would not count at all. Latency, failures and SLOs count every request either way.
    """

    counts_usage: bool | tuple[str, ...] = False

    @property
    def usage_of(self) -> frozenset[str] | None:
        """The providers whose usage these requests are; None for all of them."""
        if isinstance(self.counts_usage, bool):
            return None if self.counts_usage else frozenset()
        return frozenset(self.counts_usage)


class Http(Protocol):
    """The one HTTP client: authenticates, retries, counts, redacts. Raises CollectorError."""

    def get(self, path: str, params: Iterable[tuple[str, str]] = (), *, exact: bool = False) -> Any:
        """The decoded JSON of one GET below the source's base URL; `exact` gives Decimal instead of float."""

    def ask(self, path: str, form: Iterable[tuple[str, str]]) -> Any:
        """The same for a question that is too long for a URL: a POST of a form that changes nothing."""

    def ask_json(self, path: str, body: Any) -> Any:
        """The same for a question that is JSON, such as GraphQL."""

    def get_linked(self, path: str, params: Iterable[tuple[str, str]] = ()) -> tuple[Any, str | None]:
        """The decoded JSON of one GET and the path that its Link header calls next; None at the end."""


class NoHttp:
    """The client of a source that does not speak HTTP; implements `Http`."""

    requests = 0
    retries = 0

    def get(self, path: str, params: Iterable[tuple[str, str]] = (), *, exact: bool = False) -> Any:  # noqa: ARG002
        """Raises FatalError: who has no endpoint has nobody to ask."""
        raise FatalError(f"{path} was asked for, but this source declares no endpoint.")

    def ask(self, path: str, form: Iterable[tuple[str, str]]) -> Any:  # noqa: ARG002
        """Raises FatalError, too."""
        raise FatalError(f"{path} was asked, but this source declares no endpoint.")

    def ask_json(self, path: str, body: Any) -> Any:  # noqa: ARG002
        """Raises FatalError, too."""
        raise FatalError(f"{path} was asked, but this source declares no endpoint.")

    def get_linked(self, path: str, params: Iterable[tuple[str, str]] = ()) -> tuple[Any, str | None]:  # noqa: ARG002
        """Raises FatalError, too."""
        raise FatalError(f"{path} was asked for, but this source declares no endpoint.")


@dataclass(slots=True)
class Api:
    """What a source may use while it collects; no database, no clock of its own.

    `objectives` are those that this source is to count. The source may say with `complete_to` where its data end, when
    that is before the window's end, and sets aside what it cannot load.
    """

    name: str
    settings: Any
    now: datetime
    http: Http
    objectives: Sequence[Counting] = ()
    complete_to: datetime | None = None
    rejected: list[Quarantine] = field(default_factory=list)

    def set_aside(self, what: str, number: int, reason: str) -> None:
        """Keeps on record that row `number` of `what` was not loaded, and why; the same row is told only once."""
        self.rejected.append(Quarantine(run_id="", source=self.name, file_name=what, row_number=number, reason=reason))


@dataclass(frozen=True, slots=True)
class Source:
    """An API or a database that is asked by window.

    `collect(window, api)` yields rows of the class `writes`; `every` and `lookback` are durations (6h, 7d);
    `chunk` is the longest window of one call; `check(api)` is one cheap call that raises CollectorError.
    `endpoint(settings)` gives the base URL and the authentication headers, secrets still as references; it is None
    for a source that does not speak HTTP.
    `also` are the classes of rows that it yields beside `writes` and that are replaced with them.
    `lists_newest_only`: the API lists its newest rows whatever window is asked, so what is no longer listed stays.
    Windows that are planned begin at a multiple of `grain`, that of its rollups.
    """

    name: str
    title: str
    role: str
    writes: type
    settings: type[SourceSettings]
    collect: Callable[[Window, Api], Iterator[Any]]
    check: Callable[[Api], None]
    endpoint: Callable[[Any], "Endpoint"] | None
    every: str
    lookback: str
    chunk: str = "31d"
    provider: str = ""
    also: tuple[type, ...] = ()
    lists_newest_only: bool = False
    grain: str = "1d"


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """Where client credentials (OAuth 2.0) are exchanged for a bearer token; `form` is sent beside the grant's type."""

    url: str
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an API is and how to speak to it. `headers` values are templates: `{secret}`, or `{secret_base64}` for
    user:password, is filled at use. An API that asks for no key has the secret ''.

    `secret` is a reference; `credential` is what the vendor calls it, for messages. With a `token` the secret is
    client_id:client_secret, and the token that it is exchanged for fills the headers.
    """

    base_url: str
    secret: str
    headers: dict[str, str]
    credential: str = "key"
    min_interval_seconds: float = 0.0
    token: TokenGrant | None = None


@dataclass(slots=True)
class Delivery:
    """One file, ready to replace what it delivered before.

    `batches` are Arrow batches of the class `writes`, read lazily; `rejected` is complete once they are read.
    `complete_to` is where the data end when that is before the window's end, as in a bill of a running month.
    `rounded_count` rows have money with more than the 12 decimals that the store holds.
    `also` are batches of other classes that belong to these rows and are replaced with them.
    """

    detail: str
    window: Window
    batches: Iterable[pa.RecordBatch]
    periods: tuple[BillingPeriod, ...] = ()
    rejected: list[Quarantine] = field(default_factory=list)
    complete_to: datetime | None = None
    rounded_count: int = 0
    also: Mapping[type, Sequence[pa.RecordBatch]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """One file or folder that cannot be read, and why; the others go on."""

    detail: str
    error: CollectorError


@dataclass(frozen=True, slots=True)
class FileApi:
    """What a file source may use: its name in the settings and the settings themselves."""

    name: str
    settings: Any


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file or folder that is read whole.

    `deliver(api, history)` yields one Delivery per file or folder that is not loaded yet, or was replaced since.
    """

    name: str
    title: str
    role: str
    writes: type
    settings: type[SourceSettings]
    deliver: Callable[[FileApi, History], Iterator[Delivery | Undeliverable]]
    check: Callable[[FileApi], None]
    every: str
    provider: str = ""


AnySource = Source | FileSource
