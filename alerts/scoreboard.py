"""The scorecard of a weekly review as plain data, to be drawn and to be read aloud. Draws nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.kpi.reading import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """One KPI. `status` is a domain.kpi.reading.Status, `standing` its sign and word; texts are ready to be read.

    `trend` is oldest first, None where nothing was measured.
    """

    name: str
    status: str
    standing: str
    value: str
    target: str
    trend: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """The KPIs of one week in the order of the page."""

    title: str
    lines: tuple[Standing, ...]

    @property
    def words(self) -> str:
        """What the picture shows, for who cannot see it: what is off track and at risk by name, the rest by number."""
        told = [
            f"{one.name} {one.value} (target {one.target}): {one.standing}"
            for wanted in (Status.MISSED, Status.AT_RISK)
            for one in self.lines
            if one.status == wanted
        ]
        rest = len(self.lines) - len(told)
        return f"{self.title}. {'; '.join([*told, f'{rest} others'])}."


def scoreboard_from(content: Mapping[str, Any]) -> Scoreboard:
    """A scoreboard from parsed JSON."""
    lines = (Standing(**{**line, "trend": tuple(line["trend"])}) for line in content["lines"])
    return Scoreboard(content["title"], tuple(lines))
