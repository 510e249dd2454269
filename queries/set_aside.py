"""What each KPI left out of its newest period: facts that could not be counted, rows that were not loaded."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from queries.runner import Result

QUERY = "kpi/set_aside"


@dataclass(frozen=True, slots=True)
class SetAside:
    """`count` rows for one reason; of `source` when they were not loaded, else facts in the store."""

    reason: str
    count: int
    source: str = ""


class LeftOut:
    """Answers for many KPIs; asks once for each span, for KPIs of one cadence share theirs."""

    def __init__(self, ask: Callable[..., Result], filters: dict[str, tuple[str, ...]]) -> None:
        self._ask, self._filters = ask, filters
        self._told: dict[tuple[datetime, datetime], list[dict[str, Any]]] = {}

    def of(self, kpi: str, sources: Collection[str], start: datetime, end: datetime) -> tuple[SetAside, ...]:
        """What one KPI, made of `sources`, left out of `[start, end)`."""
        if (start, end) not in self._told:
            self._told[start, end] = self._ask(QUERY, start=start, end=end, **self._filters).rows()
        return tuple(
            SetAside(row["reason"], row["row_count"], row["source"] or "")
            for row in self._told[start, end]
            if row["kpi"] == kpi or row["source"] in sources
        )
