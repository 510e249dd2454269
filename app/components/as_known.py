"""Closed weeks as they were known on an earlier day, beside what they cost as it is known now."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from app import as_known, data
from app import format as fmt
from app.as_known import Row
from app.components import columns, empty, filters, metrics, table
from app.components.filters import Chosen
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.data import Horizon
from queries.runner import Result

KEY = "as_of"
SCOPE_TYPES = ("feature", "team", "provider", "model", "environment")
"""What the record of closed weeks is split by."""
WHOLE = "organization"


@dataclass(frozen=True, slots=True)
class View:
    """Everything that decides what is drawn."""

    chosen: Chosen
    dimension: str
    measure: str
    as_of: date

    @property
    def scope(self) -> tuple[str, filters.Items]:
        """The kind of scope that the page is filtered by, with its scopes: the whole organisation without a filter."""
        return self.chosen.filters[0] if self.chosen.filters else (WHOLE, ())


def choose(horizon: Horizon) -> tuple[date | None, str | None]:
    """The day of `as_of` in the address, None for now; and what is wrong with an address that cannot be used."""
    given = st.query_params.get(KEY)
    chosen: date | None = st.date_input(
        "As known on",
        value=None,
        min_value=as_known.FIRST_DAY,
        max_value=horizon.today,
        key=KEY,
        bind=filters.URL,
        format="YYYY-MM-DD",
        width=190,
        help="Shows what closed weeks cost as it was known at the end of that UTC day.",
    )
    return chosen, as_known.problem(given, horizon.today) if given and chosen is None else None


def draw(view: View) -> None:
    """All of the page below its filters. Holds widgets."""
    if len(view.chosen.filters) > 1:
        names = fmt.listed([filters.DIMENSIONS[name] for name, _ in view.chosen.filters])
        _told(
            f"What was known on {fmt.day(view.as_of)} cannot be shown for {names} together: closed weeks are on "
            "record by one of them at a time. Keep one of these filters."
        )
        _back()
        return
    weeks = _weeks(view)
    rows = weeks.rows()
    if not as_known.on_record(rows):
        period = view.chosen.period
        if rows:
            _told(as_known.nothing_known(rows, view.as_of))
        else:
            empty.no_costs(period.start, period.end, view.chosen.currency)
        _back()
        show_sql(weeks)
        return
    _told(as_known.headline(as_known.on_record(rows), view.as_of, view.chosen.currency))
    _back()
    _summary(view)
    _by_week(view)
    table.toolbar(weeks, name="weeks-as-known")
    _by_dimension(view)


def _told(sentence: str) -> None:
    st.info(plain(sentence), icon=":material/history:")


def _back() -> None:
    st.button("Back to today's numbers", on_click=_show_now, icon=":material/update:")


def _show_now() -> None:
    st.session_state[KEY] = None


def _ask(view: View, scope_type: str, scope: filters.Items) -> Result:
    period = view.chosen.period
    return data.ask(
        "cost/weeks_as_known",
        start=period.start,
        end=period.end,
        as_of=as_known.end_of(view.as_of),
        measure=view.measure,
        currency=view.chosen.currency,
        scope_type=scope_type,
        scope=scope,
    )


def _weeks(view: View) -> Result:
    return _ask(view, *view.scope)


@section
def _summary(view: View) -> None:
    weeks = _weeks(view)
    rows: list[Row] = as_known.on_record(weeks.rows())
    total, currency = as_known.added(rows), view.chosen.currency
    exact = fmt.money_exact
    metrics.draw(
        [
            Card(
                f"Known {fmt.day(view.as_of)}",
                fmt.money(total.known, currency),
                note=f"{view.measure}, {fmt.plural(len(as_known.by_week(rows)), 'closed week')}",
                help=f"Exactly {exact(total.known, currency)}.",
            ),
            Card(
                "Known today",
                fmt.money(total.current, currency),
                delta=_signed(total),
                note="the same weeks",
                rise_is_bad=True,
                help=f"Exactly {exact(total.current, currency)}.",
            ),
            Card(
                "Changed by", fmt.signed_money(total.change, currency), note=f"exactly {exact(total.change, currency)}"
            ),
        ]
    )
    show_sql(weeks)


def _signed(total: as_known.Sums) -> str | None:
    ratio = fmt.change(total.current, total.known)
    return None if ratio is None else fmt.signed_percent(ratio, 2)


@section
def _by_week(view: View) -> None:
    rows = _weeks(view).rows()
    st.markdown(f"## Closed weeks as known on {fmt.day(view.as_of)}")
    period, currency = view.chosen.period, view.chosen.currency
    touched = f"Weeks from Monday to Sunday (UTC) that touch {fmt.days(period.start, period.end)}."
    st.caption(" ".join(filter(None, [touched, as_known.missing(rows, view.as_of)])))
    moments = {
        "taken_at": columns.text("On record since", "When the figure known then was recorded."),
        "changed_at": columns.text("Changed", "When the newest figure was recorded."),
    }
    shown = {"week": columns.text("Week", pinned=True), **_cost_columns(view), **moments}
    alt = as_known.headline(as_known.on_record(rows), view.as_of, currency)
    table.draw(as_known.weeks_table(rows), shown, alt=alt)


def _by_dimension(view: View) -> None:
    label = filters.DIMENSIONS[view.dimension]
    st.markdown(f"## By {label.lower()} as known on {fmt.day(view.as_of)}")
    filtered = view.scope[0]
    if view.dimension not in SCOPE_TYPES:
        named = fmt.listed([filters.DIMENSIONS[name].lower() for name in SCOPE_TYPES])
        empty.nothing(f"Closed weeks are not on record by {label.lower()}; choose {named}.")
    elif filtered not in (WHOLE, view.dimension):
        only = filters.DIMENSIONS[filtered].lower()
        empty.nothing(
            f"Closed weeks are on record by {label.lower()} for the whole organisation only: leave out the filter of "
            f"{only}, or split by {only}."
        )
    else:
        _scopes(view)
        table.toolbar(_parts(view), name="parts-as-known")


def _parts(view: View) -> Result:
    return _ask(view, view.dimension, view.scope[1])


@section
def _scopes(view: View) -> None:
    drawn = as_known.scopes_table(_parts(view).rows())
    shown = {"scope": columns.text(filters.DIMENSIONS[view.dimension], pinned=True), **_cost_columns(view)}
    table.draw(drawn, shown, alt=f"Closed weeks by {view.dimension} as known on {fmt.day(view.as_of)} and today.")


def _cost_columns(view: View) -> dict[str, Any]:
    currency = view.chosen.currency
    return {
        "known_cost": columns.cost("Known then", currency),
        "current_cost": columns.cost("Known today", currency),
        "change_cost": columns.cost("Change", currency),
        "change_ratio": columns.percent("Change %"),
    }
