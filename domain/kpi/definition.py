"""What a KPI is, as the header of its query says it and `kpis.toml` overrides it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.kpi.target import Limit, Target


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEARER_ZERO = "nearer 0"


class Spread(StrEnum):
    """How an interval is made of numerator, denominator and the column `stddev`."""

    NONE = "none"
    WILSON = "wilson"
    POISSON = "poisson"
    MEAN = "mean"


class Stage(StrEnum):
    """Where it is drawn: what leads before what lags, money last."""

    LEADING = "leading"
    LAGGING = "lagging"
    FINANCE = "finance"


ANY_TIER = ""
TIERS = ("critical", "standard", "internal")
UNITS = ("ratio", "per_10k", "points", "score_of_10", "days", "minutes", "count", "cost_per_1k")


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI. `title` is the question that the .sql file `query` answers with `numerator / denominator × scale`.

    `facts` are the tables it is made of. `judged` is the column that the target is about: `value`, or one of `beside`,
    the other columns of the answer with their units. Fewer than `minimum` samples say nothing; of a count
    0 is an answer, so its minimum is 0. `running`: the period under way counts, as for a budget. `problem`: why its
    target cannot be read. `targets` are by tier, under '' for the rest; so are `limits`, which must be kept as well.
    """

    key: str
    number: int
    name: str
    title: str
    definition: str
    query: str
    unit: str
    better: Better
    cadence: str
    stage: Stage
    facts: tuple[str, ...]
    targets: Mapping[str, Target]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    scale: float = 1.0
    spread: Spread = Spread.NONE
    minimum: int = 1
    judged: str = "value"
    running: bool = False
    owner: str = ""
    problem: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)

    def target(self, tier: str = ANY_TIER) -> Target | None:
        """The target of a tier, else the general one; None when there is neither."""
        return self.targets.get(tier) or self.targets.get(ANY_TIER)

    def limit(self, tier: str = ANY_TIER) -> Limit | None:
        """The limit of a tier, else the general one; None when there is neither."""
        return self.limits.get(tier) or self.limits.get(ANY_TIER)

    @property
    def strict_tiers(self) -> tuple[str, ...]:
        """The tiers that have a target or a limit of their own."""
        return tuple(tier for tier in TIERS if tier in self.targets or tier in self.limits)
