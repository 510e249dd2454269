"""kpis.toml: targets, owners and what is not reviewed, where the shipped KPIs are not those of this organisation."""

from dataclasses import dataclass, field
from difflib import get_close_matches

from pydantic import Field

from config.reference.features import TIERS
from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_tables
from domain.kpi.definition import ANY_TIER
from domain.kpi.target import Target, parse_target

FILE_NAME = "kpis.toml"


class KpiEntry(Entry):
    """`[kpi.<key>]`: `target` is for every tier that `targets` does not name; `off` leaves the KPI out."""

    owner: str = ""
    target: str = ""
    targets: dict[str, str] = Field(default_factory=dict)
    minimum: int | None = Field(default=None, ge=1)
    off: bool = False


@dataclass(frozen=True, slots=True)
class KpiChoice:
    """What the operator says of one KPI. `problem` is a target that cannot be read: its row says so."""

    key: str
    owner: str = ""
    targets: dict[str, Target] = field(default_factory=dict)
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
    told = {tier: text for tier, text in ({ANY_TIER: entry.target} | entry.targets).items() if text}
    targets: dict[str, Target] = {}
    problem = ""
    for tier, text in told.items():
        try:
            targets[_known_tier(tier)] = parse_target(text)
        except ValueError as error:
            problem = f"{FILE_NAME}: {error}"
            problems.add(line, f"[kpi.{key}] {error}")
    return KpiChoice(key, entry.owner, targets, entry.minimum, entry.off, problem)


def _known_tier(tier: str) -> str:
    if tier not in (ANY_TIER, *TIERS):
        raise ValueError(f"{tier!r} is no tier; use {', '.join(TIERS)}")
    return tier
