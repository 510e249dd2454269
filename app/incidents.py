"""Incidents as people read them: one line each, a headline, what the averages leave out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from app import format as fmt
from domain.incident.incident import Incident, as_known_at
from domain.incident.period import PeriodClocks
from domain.incident.postmortem import GRAVE
from domain.incident.spans import ImpactSpan, clipped, impact_time
from domain.incident.spread import Spread
from domain.incident.words import OPEN, SEVERITIES, UNCOUNTED
from domain.window import Window

Row = Mapping[str, Any]
Key = tuple[str, str]

STATUSES = {"open": "▲ Open", "mitigated": "◐ Mitigated", "resolved": "✓ Resolved"}
SIGNS = {"sev1": "✕ sev1", "sev2": "! sev2", "sev3": "• sev3", "sev4": "· sev4"}
NO_SEVERITY = "? no severity"


@dataclass(frozen=True, slots=True)
class Line:
    """One incident of the list. `incident`: our own as the clocks read it; None for a provider's."""

    key: Key
    row: Row
    spans: tuple[ImpactSpan, ...]
    incident: Incident | None = None

    @property
    def is_open(self) -> bool:
        """True while its impact goes on."""
        return self.status == OPEN

    @property
    def status(self) -> str:
        """The word of the source; one that ends later than now is open."""
        return self.incident.status if self.incident else str(self.row["status"])

    @property
    def url_key(self) -> str:
        """How the address names it."""
        return f"{self.key[0]}/{self.key[1]}"

    @property
    def name(self) -> str:
        """Its number where it has one, and its title."""
        number = self.row.get("number")
        return f"#{number} {self.row['title']}" if number else str(self.row["title"])

    @property
    def severity(self) -> str:
        """Sign and word."""
        return SIGNS.get(self.row["severity"] or "", NO_SEVERITY)

    @property
    def declared_at(self) -> datetime:
        """When it was declared; a provider's when its impact began."""
        return self.incident.declared_at if self.incident else self.spans[0].started_at

    @property
    def impact_started_at(self) -> datetime | None:
        """When it began to hurt; None when nobody knows."""
        return self.spans[0].started_at if self.spans else None


def own_lines(rows: Iterable[Row], incidents: Iterable[Incident]) -> list[Line]:
    """Our own, from rows of incident/timeline and the incidents of incident/clocks; merged and declined ones out."""
    by_key = {one.key: one for one in incidents}
    found = []
    for row in rows:
        key = (row["source"], row["incident_id"])
        if row["provider"] is None and key in by_key:
            found.append(Line(key, row, by_key[key].spans, by_key[key]))
    return found


def provider_lines(rows: Iterable[Row], now: datetime) -> list[Line]:
    """The providers', from rows of incident/provider_incidents; what begins later than `now` is not there yet."""
    found = []
    ordered = sorted(rows, key=_key)
    for key, of_one in groupby(ordered, _key):
        first, *others = list(of_one)
        spans = [
            ImpactSpan(row["span_started_at"].replace(tzinfo=UTC), _aware(row["span_ended_at"]))
            for row in sorted((first, *others), key=lambda row: row["span_started_at"])
        ]
        if spans[0].started_at <= now:
            found.append(Line(key, first, tuple(spans)))
    return found


def listed(lines: Iterable[Line]) -> list[Line]:
    """Open ones first, of these ours by severity and then the providers'; the others by time, the newest first."""

    def place(one: Line) -> tuple[Any, ...]:
        graver = (one.incident is None, one.row["severity"] or "sev9") if one.is_open else ()
        return not one.is_open, graver, -one.declared_at.timestamp(), one.key

    return sorted(lines, key=place)


def uncounted(rows: Iterable[Row]) -> int:
    """How many of our own were merged or declined. Rows of incident/timeline."""
    return sum(row["provider"] is None and row["status"] in UNCOUNTED for row in rows)


@dataclass(frozen=True, slots=True)
class Graves:
    """Incidents declared in the period that are sev1 or sev2: how many are of AI, and of how many nobody said."""

    sev1: int
    sev2: int
    not_told: int
    others: int

    @property
    def count(self) -> int:
        """Sev1 and sev2 of AI."""
        return self.sev1 + self.sev2


def graves(lines: Iterable[Line], period: Window) -> Graves:
    """Of our own lines."""
    declared = [
        one
        for one in lines
        if one.incident and one.row["severity"] in GRAVE and period.start <= one.declared_at < period.end
    ]
    of_ai = [one.row["severity"] for one in declared if one.row["ai_related"]]
    not_told = sum(one.row["ai_related"] is None for one in declared)
    return Graves(of_ai.count("sev1"), of_ai.count("sev2"), not_told, len(declared) - len(of_ai) - not_told)


def headline(clocks: PeriodClocks, lines: Sequence[Line], period_text: str) -> str:
    """What is open now, how many there were, and how long one hurt."""
    names = {one.key: one.name for one in lines}
    told = []
    if clocks.open.count:
        oldest = clocks.open.incidents[0]
        name = names.get(oldest.key, oldest.key[1])
        first = f"{name} has been open for {fmt.clock(oldest.age_seconds)}"
        others = clocks.open.count - 1
        told.append(f"{first}, {others} more {'is' if others == 1 else 'are'} open" if others else first)
    if not clocks.declared_count:
        told.append(f"no incident was declared in {period_text}")
    else:
        were = "was" if clocks.declared_count == 1 else "were"
        told.append(f"{fmt.plural(clocks.declared_count, 'incident')} {were} declared in {period_text}")
    if clocks.restore.count:
        told.append(f"half were restored within {fmt.clock(clocks.restore.median_seconds)}")
    sentence = "; ".join(told)
    return sentence[0].upper() + sentence[1:]


def spread_note(found: Spread) -> str:
    """Median and P90 beside the mean, and of how many they are."""
    if not found.count:
        return f"none of {found.of_count} has it" if found.of_count else "no incident"
    return (
        f"median {fmt.clock(found.median_seconds)}, P90 {fmt.clock(found.p90_seconds)}; "
        f"{found.count} of {found.of_count}"
    )


def open_warning(clocks: PeriodClocks) -> str | None:
    """That the mean time to restore flatters, when an open incident is older than it."""
    if not clocks.open.is_flattered:
        return None
    older = clocks.open.older_than_mean
    which = "An open incident is" if len(older) == 1 else f"{len(older)} open incidents are"
    return (
        f"{which} older than the mean time to restore of {fmt.clock(clocks.restore.mean_seconds)}, and not in it: "
        f"the oldest has lasted {fmt.clock(older[0].age_seconds)}. The mean will rise when "
        f"{'it ends' if len(older) == 1 else 'they end'}."
    )


def coverage(clocks: PeriodClocks, uncounted_count: int) -> list[str]:
    """What the averages leave out."""
    told = []
    missing = clocks.detect.of_count - clocks.detect.count
    if missing:
        told.append(
            f"{missing} of {fmt.plural(clocks.detect.of_count, 'declared incident')} without an impact start or a time "
            f"of detection {_is(missing)} not in the time to detect."
        )
    missing = clocks.restore.of_count - clocks.restore.count
    if missing:
        told.append(
            f"{missing} of {fmt.plural(clocks.restore.of_count, 'restored incident')} without an impact start, or over "
            f"before it, {_is(missing)} not in the time to restore: the declaration is never taken instead."
        )
    if uncounted_count:
        were = "incident is" if uncounted_count == 1 else "incidents are"
        told.append(f"{uncounted_count} merged or declined {were} in no number, list or chart.")
    return told


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def before_note(before: PeriodClocks, days: str) -> str:
    """The same clocks of the period before, in one sentence."""
    parts = [
        f"{name} {fmt.clock(found.mean_seconds)} (median {fmt.clock(found.median_seconds)}, "
        f"P90 {fmt.clock(found.p90_seconds)}, {found.count} of {found.of_count})"
        for name, found in (("MTTD", before.detect), ("MTTA", before.acknowledge), ("MTTR", before.restore))
        if found.count
    ]
    return f"The period before ({days}): {', '.join(parts)}." if parts else f"The period before ({days}) has no clock."


def gravest_first(severities: Iterable[str | None]) -> list[str | None]:
    """Each severity once, gravest first, unknown last."""
    order = {name: place for place, name in enumerate(SEVERITIES)}
    return sorted(set(severities), key=lambda name: order.get(name or "", len(order)))


def _key(row: Row) -> Key:
    return row["source"], row["incident_id"]


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def known(found: Iterable[Incident], now: datetime) -> list[Incident]:
    """Incidents as they are known at `now`: without what is later, and without those declared later."""
    return [as_known_at(one, now)[0] for one in found if one.declared_at <= now]


def impact_by_provider(lines: Iterable[Line], window: Window) -> list[tuple[str, int, float]]:
    """Name, incidents and seconds of impact in the window of each provider; time of two at once counts once."""
    by_provider: dict[str, list[Line]] = {}
    for line in lines:
        if line.row["provider"]:
            by_provider.setdefault(line.row["provider"], []).append(line)
    found = []
    for provider, its in sorted(by_provider.items()):
        together = impact_time(clipped([span for line in its for span in line.spans], window))
        found.append((fmt.provider(provider), len(its), together.total_seconds() if together else 0.0))
    return found
