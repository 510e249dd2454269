"""kpis.toml: targets, owners and what is not reviewed, where the shipped KPIs are not those of this organisation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from pydantic import Field

from config.reference.features import TIERS
from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_tables
from domain.kpi.definition import ANY_TIER
from domain.kpi.target import Limit, Target, parse_limit, parse_target

FILE_NAME = "kpis.toml"
NO_LIMIT = "none"
T = TypeVar("T")


class KpiEntry(Entry):
    """`[kpi.<key>]`: `target` is for every tier that `targets` does not name, `limit` for every one that `limits` does
    not; `off` leaves the KPI out."""

    owner: str = ""
    target: str = ""
    targets: dict[str, str] = Field(default_factory=dict)
    limit: str = ""
    limits: dict[str, str] = Field(default_factory=dict)
    minimum: int | None = Field(default=None, ge=1)
    off: bool = False


@dataclass(frozen=True, slots=True)
class KpiChoice:
    """What the operator says of one KPI. `problem` is a target or limit that cannot be read: its row says so.

    A limit that is None is taken away.
    """

    key: str
    owner: str = ""
    targets: dict[str, Target] = field(default_factory=dict)
    limits: dict[str, Limit | None] = field(default_factory=dict)
    minimum: int | None = None
    off: bool = False
    problem: str = ""


def read_kpis(problems: Problems, known: frozenset[str] | None = None) -> tuple[KpiChoice, ...]:
    """The choices; one about an unknown KPI is a problem (`known` None: they are not known here)."""
    found = []
    for line, key, entry in toml_tables("kpi", KpiEntry, problems):
        if known is not None and key not in known:
            near = get_close_matches(key, known, 1)
            problems.add(line, f"there is no KPI {key!r}; {f'did you mean {near[0]}' if near else 'correct the name'}")
            continue
        found.append(_choice(key, entry, line, problems))
    return tuple(found)


def _choice(key: str, entry: KpiEntry, line: Line, problems: Problems) -> KpiChoice:
    found: list[str] = []

    def read(name: str, told: dict[str, str], parse: Callable[[str], T]) -> dict[str, T]:
        values: dict[str, T] = {}
        for tier, text in told.items():
            written = f"{name}s.{tier}" if tier else name
            try:
                if text:
                    values[_known_tier(tier)] = parse(text)
            except ValueError as error:
                at = FILE_NAME if line is None else f"{FILE_NAME}: line {line}"
                found.append(f"{at}: {written}: {error}")
                problems.add(line, f"[kpi.{key}] {written}: {error}")
        return values

    targets = read("target", {ANY_TIER: entry.target} | entry.targets, parse_target)
    limits = read("limit", {ANY_TIER: entry.limit} | entry.limits, _limit)
    return KpiChoice(key, entry.owner, targets, limits, entry.minimum, entry.off, "; ".join(found[-1:]))


def _limit(text: str) -> Limit | None:
    return None if text.strip() == NO_LIMIT else parse_limit(text)


def _known_tier(tier: str) -> str:
    if tier not in (ANY_TIER, *TIERS):
        raise ValueError(f"{tier!r} is no tier; use {', '.join(TIERS)}")
    return tier
