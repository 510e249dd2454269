"""From when and up to when the facts behind KPIs are known, and by whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class FactsState(StrEnum):
    """How far the facts of a KPI may be trusted at the end of its period."""

    FRESH = "fresh"
    LATE = "late"
    FAILED = "failed"
    NONE = "no source"


@dataclass(frozen=True, slots=True)
class Source:
    """One source of one fact. `watermark_at` is None for one that reads files, or has never delivered."""

    name: str
    first_at: datetime | None
    watermark_at: datetime | None
    last_status: str | None
    reads_files: bool

    def known_to(self) -> datetime | None:
        """Up to when it is known; files say what they say, and nothing about when they end."""
        return None if self.reads_files else self.watermark_at


@dataclass(frozen=True, slots=True)
class Facts:
    """What a KPI is made of. `late` are sources that end before the period does, `failed` those whose last run did.

    `known_to` is the earliest watermark of those that have one.
    """

    state: FactsState
    sources: tuple[str, ...]
    first_at: datetime | None
    known_to: datetime | None
    late: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """Sources by fact, as they stand at the end of a period."""

    until: datetime
    by_fact: Mapping[str, Sequence[Source]]

    def facts(self, names: Iterable[str]) -> Facts:
        """The state of several facts together: the worst of them."""
        of_fact = [self.by_fact.get(name, ()) for name in names]
        sources = [source for found in of_fact for source in found]
        marks = [mark for source in sources if (mark := source.known_to()) is not None]
        firsts = [min(known) for found in of_fact if (known := [s.first_at for s in found if s.first_at is not None])]
        failed = tuple(sorted(s.name for s in sources if s.last_status == "failed" and self._is_short(s)))
        late = tuple(sorted(s.name for s in sources if self._is_short(s) and s.name not in failed))
        if not sources or not all(of_fact):
            state = FactsState.NONE
        else:
            state = FactsState.FAILED if failed else FactsState.LATE if late else FactsState.FRESH
        names_of = tuple(sorted({source.name for source in sources}))
        return Facts(state, names_of, max(firsts, default=None), min(marks, default=None), late, failed)

    def _is_short(self, source: Source) -> bool:
        if source.reads_files:
            return False
        return source.watermark_at is None or source.watermark_at < self.until


def coverage_of(rows: Iterable[Mapping[str, Any]], until: datetime) -> Coverage:
    """From rows of kpi/coverage."""
    found: dict[str, list[Source]] = {}
    for row in rows:
        found.setdefault(row["fact"], []).append(
            Source(
                row["source"],
                _aware(row["first_at"]),
                _aware(row["watermark_at"]),
                row["last_status"],
                row["reads_files"] or (not row["is_configured"] and row["watermark_at"] is None),
            )
        )
    return Coverage(until, found)


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
