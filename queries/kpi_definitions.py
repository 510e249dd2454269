"""What each KPI is: the header of its query, and what kpis.toml wants otherwise."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import TypeVar

from config.reference.kpis import KpiChoice
from domain.kpi.definition import ANY_TIER, UNITS, Better, Kpi, Spread, Stage
from domain.kpi.target import Limit, parse_limit, parse_target
from queries.catalog import Query, QueryError, catalog

T = TypeVar("T")
REQUIRED = ("period_start", "segment", "numerator", "denominator", "sample_count")
SPREAD_COLUMN = "stddev"
SHOWN = {"week": 13, "month": 13, "quarter": 9}
"""Periods of a trend: a quarter of weeks, a year of months, two years of quarters; each lies beside a year before."""


@cache
def shipped() -> Mapping[str, Kpi]:
    """The KPIs by key, in the order of their numbers. Raises QueryError for a header that does not fit."""
    found = [_kpi(query) for query in catalog().values() if query.kpi]
    return {kpi.key: kpi for kpi in sorted(found, key=lambda one: one.number)}


def chosen(choices: Iterable[KpiChoice] = ()) -> list[Kpi]:
    """The shipped KPIs as the operator wants them: leading before lagging, finance last."""
    told = {choice.key: choice for choice in choices}
    kpis = [_with(kpi, told.get(kpi.key)) for kpi in shipped().values()]
    order = list(Stage)
    return sorted((kpi for kpi in kpis if kpi is not None), key=lambda kpi: (order.index(kpi.stage), kpi.number))


def _with(kpi: Kpi, choice: KpiChoice | None) -> Kpi | None:
    if choice is None:
        return kpi
    if choice.off:
        return None
    limits = {tier: limit for tier, limit in {**kpi.limits, **choice.limits}.items() if limit is not None}
    return replace(
        kpi,
        owner=choice.owner or kpi.owner,
        targets={**kpi.targets, **choice.targets},
        limits=limits,
        minimum=choice.minimum or kpi.minimum,
        problem=choice.problem or _unknown_figure(kpi, limits.values()),
    )


def _unknown_figure(kpi: Kpi, limits: Iterable[Limit]) -> str:
    unknown = next((limit.figure for limit in limits if limit.figure not in kpi.beside), None)
    return "" if unknown is None else f"its limit is on {unknown!r}, which is none of {', '.join(kpi.beside)}"


def query_text(kpi: Kpi) -> tuple[str, str]:
    """(SHA-256, text) of the query behind it."""
    text = catalog()[kpi.query].sql
    return sha256(text.encode()).hexdigest(), text


def _kpi(query: Query) -> Kpi:
    header, key = query.kpi, query.name.partition("/")[2]
    try:
        kpi = Kpi(
            key=key,
            number=int(header["number"]),
            name=header["name"],
            title=query.title,
            definition=header["definition"],
            query=query.name,
            unit=header["unit"],
            better=Better(header["better"]),
            cadence=header["cadence"],
            stage=Stage(header["stage"]),
            facts=tuple(word.strip() for word in header["facts"].split(",")),
            targets=_by_tier(header["target"], parse_target),
            limits=_by_tier(header["limit"], parse_limit) if "limit" in header else {},
            scale=float(header.get("scale", "1")),
            spread=Spread(header.get("spread", "none")),
            minimum=int(header.get("minimum", "0" if header["unit"] == "count" else "1")),
            judged=header.get("judged", "value"),
            running=header.get("running") == "yes",
            owner=header.get("owner", ""),
            beside={name: word for name, word in query.returns.items() if name not in (*REQUIRED, SPREAD_COLUMN)},
        )
    except ValueError as error:
        raise QueryError(f"queries/{query.name}.sql: {error}") from None
    if kpi.unit not in UNITS or kpi.cadence not in SHOWN or any(name not in query.returns for name in REQUIRED):
        raise QueryError(f"queries/{query.name}.sql: unit, cadence or returns are not those of a KPI")
    if problem := _unknown_figure(kpi, kpi.limits.values()):
        raise QueryError(f"queries/{query.name}.sql: {problem}")
    return kpi


def _by_tier(text: str, parse: Callable[[str], T]) -> dict[str, T]:
    """`>= 80%; critical >= 90%`."""
    found: dict[str, T] = {}
    for piece in text.split(";"):
        first, _, rest = piece.strip().partition(" ")
        tier, told = (first, rest) if first in ("critical", "standard", "internal") else (ANY_TIER, piece)
        found[tier] = parse(told)
    return found
