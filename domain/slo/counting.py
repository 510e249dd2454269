"""Which requests an objective counts, and what of them is good, as a few formulas that many objectives share. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import NamedTuple

from domain.slo.definition import Counted, Exclusion, Indicator, Kind, Origin, SloDefinition


class Served(NamedTuple):
    """Who served a request; '' where nobody says."""

    service: str
    provider: str
    model: str
    feature: str


class Formula(NamedTuple):
    """What is good and what counts: by fate for availability, else answered requests within a time."""

    kind: Kind
    throttled: Counted
    failed: Counted
    seconds: Decimal | None
    strict: bool

    @property
    def key(self) -> str:
        """Its name in a table."""
        if self.kind is Kind.AVAILABILITY:
            return f"{self.kind}, throttled {self.throttled}, failed {self.failed}"
        return f"{self.kind} {'<' if self.strict else '≤'} {self.seconds:f} s"


@dataclass(frozen=True, slots=True)
class Counting:
    """One objective over our own requests, or one that a source counts: `slo` is its key across all SLOs."""

    slo: str
    indicator: Indicator
    exclusions: tuple[Exclusion, ...]

    @property
    def formula(self) -> Formula:
        """Timed requests are answered ones, so fates decide nothing there."""
        of = self.indicator
        if of.kind is Kind.AVAILABILITY:
            return Formula(of.kind, of.throttled, of.failed, None, strict=False)
        return Formula(of.kind, Counted.BAD, Counted.BAD, of.threshold_seconds, of.strict)

    def counts(self, served: Served) -> bool:
        """True when every filter fits."""
        values: Mapping[str, str] = served._asdict()
        return all(fnmatchcase(values[name], glob) for name, glob in self.indicator.filters)


def countings(slos: Iterable[SloDefinition], origin: Origin = Origin.REQUESTS) -> Iterator[Counting]:
    """The objectives over our own requests, or those of another origin."""
    for slo in slos:
        for objective in slo.objectives:
            if objective.indicator.origin is origin:
                yield Counting(slo.key(objective), objective.indicator, slo.exclusions)


def thresholds(counted: Sequence[Counting]) -> list[Decimal]:
    """Every time that an objective names: these are edges of our buckets."""
    return sorted({c.indicator.threshold_seconds for c in counted if c.indicator.threshold_seconds is not None})
