"""What the pages of reviews are asked for: whole months back from now, a tier, team or feature, and the minute."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from app import data, trust
from app.components import filters
from app.components.filters import Items, Options
from domain.window import floor_day
from queries import kpis
from queries.catalog import catalog
from queries.coverage import coverage_of
from queries.kpis import Period
from queries.runner import Result

FILTERS = ("tier", "team", "feature")
MONTHS = {"12": "12 months", "6": "6 months", "3": "3 months"}


@dataclass(frozen=True, slots=True)
class Asked:
    """`[start, at)`: from the first of a month to this minute."""

    start: datetime
    at: datetime
    filters: tuple[tuple[str, Items], ...] = ()

    def params(self) -> dict[str, Any]:
        """The filters as parameters of a query."""
        return {name: list(items) for name, items in self.filters}


def choose(*dimensions: str) -> tuple[Asked, Options]:
    """The choosers of a page, and what was chosen; call it after the head is drawn."""
    options = filters.options("kpi/filter_values")
    known = Options({**options.items, "months": MONTHS})
    filters.accept_keys(known, *dimensions, months="months")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = filters.choose_one("Period", MONTHS, "months")
        chosen = filters.choose_filters(options, dimensions)
    at = data.now().replace(second=0, microsecond=0)
    begun = [one for one in months(at) if one.start <= at]
    start = begun[-min(len(begun), int(name) + 1)].start if begun else at
    return Asked(start, at, chosen), options


def months(at: datetime) -> list[Period]:
    """The organisation's months, oldest first."""
    return kpis.periods_to(data.ask, at.replace(minute=0))["month"]


def series(kpi: str, asked: Asked, segment: str = "all", cadence: str = "month") -> Result:
    """A KPI by period, from the query of the weekly review, so that both always say the same."""
    name = f"kpi/{kpi}"
    takes = catalog()[name].params
    return data.ask(
        name,
        cadence=cadence,
        start=asked.start,
        end=asked.at,
        until=asked.at,
        segment=segment,
        **{one: items for one, items in asked.params().items() if one in takes},
    )


def missing(asked: Asked, *facts: str) -> str:
    """Why these facts say nothing, or not all of it, in the words of the weekly review; empty when all is well."""
    known = coverage_of(data.ask(kpis.COVERAGE).rows(), floor_day(asked.at))  # what runs hourly is no news by noon
    return trust.facts_known(known.facts(facts), facts)
