"""What each KPI left out of its newest period: facts that could not be counted, rows that were not loaded."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from queries.runner import Result

QUERY = "kpi/set_aside"


@dataclass(frozen=True, slots=True)
class SetAside:
    """`count` rows for one reason; of `source` when they were not loaded, else facts in the store."""

    reason: str
    count: int
    source: str = ""


class LeftOut:
    """Answers for many KPIs and their `periods`, by name; asks once for all of them."""

    def __init__(
        self, ask: Callable[..., Result], periods: Collection[str], filters: dict[str, tuple[str, ...]]
    ) -> None:
        wanted = tuple(sorted(set(periods)))
        self._told = ask(QUERY, period=wanted, **filters).rows() if wanted else []

    def of(self, kpi: str, sources: Collection[str], period: str) -> tuple[SetAside, ...]:
        """What one KPI, made of `sources`, left out of one of the periods."""
        return tuple(
            SetAside(row["reason"], row["row_count"], row["source"] or "")
            for row in self._told
            if row["period"] == period and (row["kpi"] == kpi or row["source"] in sources)
        )
