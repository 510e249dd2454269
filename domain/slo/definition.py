"""One service level objective as an operator declares it: what counts, how much is promised, over which time. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from domain.slo.pairs import AlertPair
from domain.slo.period import Period
from domain.window import Window

DEFAULT_MIN_BAD = 3
"""One or two failures on a quiet service are no trend: of 10 requests an hour one failure is 14 % of a 99.9 % month."""
DIMENSIONS = ("service", "feature", "provider", "model")
"""What an indicator over our own requests may be narrowed to."""


class Method(StrEnum):
    """How a window is judged: by events, by the share of good slices, or by the mean ratio of its slices."""

    OCCURRENCES = "Occurrences"
    TIMESLICES = "Timeslices"
    RATIO_TIMESLICES = "RatioTimeslices"


class Kind(StrEnum):
    """What an indicator measures. `events`: good and total as somebody else counts them."""

    AVAILABILITY = "availability"
    LATENCY = "latency"
    TIME_TO_FIRST_TOKEN = "time_to_first_token"  # noqa: S105
    EVENTS = "events"


TIMED = (Kind.LATENCY, Kind.TIME_TO_FIRST_TOKEN)
"""What has a threshold."""


class Origin(StrEnum):
    """Where the counts come from: our own `inference_request`, a Prometheus server, or a file of minutes."""

    REQUESTS = "burnline"
    PROMETHEUS = "prometheus"
    SERIES = "series"


class Counted(StrEnum):
    """How a request of some fate counts: bad, good, or not at all (neither good nor total)."""

    BAD = "bad"
    GOOD = "good"
    INVALID = "invalid"


class Tier(StrEnum):
    """What is at risk when the promise is broken."""

    CRITICAL = "critical"
    STANDARD = "standard"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What is counted, and what of it is good.

    `threshold_seconds` is set for latency and time_to_first_token only: good is ≤ threshold, or < when `strict`.
    `filters` map a dimension of DIMENSIONS to a glob as attribution.toml has them. `throttled`: requests answered 429;
    `failed`: requests with another error. A request without a measured time counts in no latency.
    The queries are PromQL for increases per minute: good or bad beside total, or the buckets of a histogram by `le`.
    `source` is the table [sources.<source>] of burnline.toml, None where only one can be meant.
    `bounds`: bucket edges in seconds that a foreign histogram has, empty when they are not declared;
    `unit_seconds` is what the unit of its `le` lasts. A recipe's query tells it, so it is no part of the digest.
    """

    name: str
    kind: Kind
    origin: Origin
    threshold_seconds: Decimal | None = None
    strict: bool = False
    filters: tuple[tuple[str, str], ...] = ()
    throttled: Counted = Counted.BAD
    failed: Counted = Counted.BAD
    source: str | None = None
    good_query: str | None = None
    bad_query: str | None = None
    total_query: str | None = None
    histogram_query: str | None = None
    bounds: tuple[Decimal, ...] = ()
    series_path: str | None = None
    unit_seconds: Decimal = field(default=Decimal(1), repr=False)

    @property
    def of_features(self) -> bool:
        """True when it counts the requests of some features only."""
        return any(name == "feature" for name, _ in self.filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A ratio in (0, 1) that an indicator shall reach, and the pairs of windows that tell when it is in danger.

    `slice_seconds` is set for Timeslices and RatioTimeslices, `slice_target` for Timeslices; `weight` is the part in a
    composite. `refused` are pairs left out because they can never fire at this target.
    """

    name: str
    target: Decimal
    indicator: Indicator
    pairs: tuple[AlertPair, ...]
    refused: tuple[AlertPair, ...] = ()
    slice_seconds: int | None = None
    slice_target: Decimal | None = None
    weight: Decimal = Decimal(1)

    @property
    def budget(self) -> Decimal:
        """The part of events that may be bad, exactly."""
        return 1 - self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Planned maintenance: minutes in `window` leave good and total alike, as if nobody had asked."""

    window: Window
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SloDefinition:
    """One SLO, as everything that measures, alerts and draws reads it.

    `name` is unique; `windows` has at least one: the first is what budget and alerts go by, the others stand beside it.
    `composite`: the objectives have indicators of their own, which `weight` puts together. `labels` holds every label
    of the file, owner and tier among them.
    """

    name: str
    display_name: str
    service: str
    service_name: str
    description: str
    owner: str
    tier: Tier
    method: Method
    objectives: tuple[Objective, ...]
    windows: tuple[Period, ...]
    exclusions: tuple[Exclusion, ...] = ()
    min_bad: int = DEFAULT_MIN_BAD
    composite: bool = False
    labels: tuple[tuple[str, str], ...] = ()

    def key(self, objective: Objective) -> str:
        """The name of one objective across all SLOs: the SLO's own where it has only one."""
        return self.name if len(self.objectives) == 1 else f"{self.name}/{objective.name}"

    def title(self, objective: Objective) -> str:
        """What people call one objective: the SLO's name, with the objective's where it has several."""
        return self.display_name if len(self.objectives) == 1 else f"{self.display_name}: {objective.name}"
