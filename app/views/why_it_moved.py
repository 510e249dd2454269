"""Why the cost of any scope moved between two periods."""

from typing import Any

import streamlit as st

from app import change_tables, comparison, data, effects, events
from app import format as fmt
from app.change_view import View
from app.charts.waterfall import waterfall
from app.components import chart, columns, empty, filters, head, other_currencies, table
from app.components.filters import Chosen, Options
from app.components.markdown import plain
from app.components.section import section
from app.components.sql import show_sql
from domain.change_sentence import explain_in_words
from domain.explanation import Explanation, Parts
from queries.explain import Per, ask_items, explain
from queries.runner import Result

PAGE = {"title": "Why it moved", "url": "why-it-moved", "icon": ":material/waterfall_chart:", "order": 25}

MOST_HAPPENED = 20
"""Of what happened meanwhile, the gravest."""

GROUPS = {"feature": "Feature", "team": "Team", "provider": "Provider", "model": "Model", "key": "Key"}
NEXT = {"feature": "model", "team": "feature", "provider": "model", "model": "feature"}
"""By what a row is split further once it is looked into."""


def render() -> None:
    """The page."""
    found = filters.options()
    choices = Options({**found.items, "compare": comparison.NAMES, "group": GROUPS})
    filters.accept_keys(choices, *filters.FILTERABLE, compare="compare", group="group")
    head.draw("Why it moved")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.choose_period(data.horizon())
        name = filters.choose_one("Compare with", comparison.NAMES, "compare")
        group = filters.choose_one("Group by", GROUPS, "group")
        currencies = data.ask("cost/currencies", start=period.start, end=period.end)
        currency = filters.choose_currency([row["billing_currency"] for row in currencies.rows()])
        chosen = Chosen(period, currency, filters.choose_filters(found, filters.FILTERABLE))
    if told := filters.told(chosen.filters, found):
        st.caption(told)
    first_day = other_currencies.first_day(currencies.rows(), currency)
    compared = comparison.compared(name, period, first_day)
    if compared is None:
        _nothing_before(chosen, first_day is not None)
        empty.offer_newest(currencies.rows(), currency)
        show_sql(currencies)
        return
    view = View(chosen, name, compared, group)
    items = _items(view)
    if not items.row_count:
        empty.no_costs(compared.before_start, period.end, currency)
        empty.offer_newest(currencies.rows(), currency)
        show_sql(items, currencies)
        return
    if first_day and first_day > compared.before_start:
        st.caption(f"Costs are known from {fmt.day(first_day)} only: the period before is not whole.")
    _change(view)
    _groups(view)
    _carried(view)
    if _carriers(view):
        table.toolbar(_items(view), name="carried-by", made=lambda: change_tables.exact(_carriers(view)))
    _moved(view)
    if _new_and_vanished(view):
        table.toolbar(_items(view), name="new-and-vanished", made=lambda: change_tables.exact(_new_and_vanished(view)))
    _annotations(view)


def _nothing_before(chosen: Chosen, known: bool) -> None:
    period = chosen.period
    if known and period.complete_days:
        empty.nothing(
            f"There are no {chosen.currency} costs before {fmt.days(period.start, period.complete_end)} "
            "to compare with. Choose a shorter or a later period."
        )
    else:
        empty.no_costs(period.start, period.end, chosen.currency)


def _items(view: View) -> Result:
    return ask_items(data.ask, view.compared, view.chosen.currency, dict(view.chosen.filters), view.per)


def _explanation(view: View, per: Per = "model") -> Explanation:
    """The split that everything on the page tells of; with `per` key the finer one of the table by keys."""
    scope = (view.chosen.currency, view.chosen.filters, view.compared, per)
    return data.derived(
        ("explanation", scope),
        lambda: explain(data.ask, view.compared, view.chosen.currency, dict(view.chosen.filters), per=per),
    )


@section
def _change(view: View) -> None:
    found, currency = _explanation(view), view.chosen.currency
    total = found.total
    drawn = waterfall(
        ("Before", total.before),
        [(effect.label, effect.of(total)) for effect in effects.shown(total)],
        ("After", total.after),
        title=explain_in_words(found),
        subtitle=f"Billed cost in {currency}, {comparison.told(view.comparison, view.compared)}",
        currency=currency,
    )
    chart.draw(drawn, key="waterfall")
    exact = f"{fmt.money_exact(total.change, currency)} is {fmt.money_exact(total.after, currency)} after"
    st.caption(f"Exactly {exact} less {fmt.money_exact(total.before, currency)} before.")
    with st.container(horizontal=True, gap="small"):
        with st.popover("What the effects mean", icon=":material/help:", type="tertiary"):
            st.markdown(effects.told())
        show_sql(_items(view))


def _groups(view: View) -> None:
    """Not cached as a section: its rows can be clicked."""
    found = _explanation(view, view.per)
    parts: Parts = data.derived(("parts", view), lambda: found.parts(view.group))
    shown = effects.shown(found.total)
    label = GROUPS[view.group]
    st.markdown(f"## By {label.lower()}")
    if view.group == "key":
        empty.nothing(
            "Split by project, key and model, so mix also holds what moved between keys. Where the bill names no key, "
            "the keys of its project bear the cost by their tokens."
        )
    else:
        empty.nothing(f"The largest change first. Click a row to look into it, by {GROUPS[NEXT[view.group]].lower()}.")
    drawn = data.derived(("drawn", view), lambda: change_tables.groups(found, view.group, parts, shown))
    options: dict[str, Any] = {}
    if view.group in NEXT:
        labels = [label[0] for label in parts.labels]
        options = {
            "on_select": lambda: _look_into(view, labels),
            "selection_mode": "single-row",
            "key": view.table_key,
        }
    st.dataframe(
        drawn,
        hide_index=True,
        column_config=_columns(view, shown),
        height=table.height(len(parts.labels)),
        placeholder=fmt.UNKNOWN,
        alt=f"What moved the cost of {fmt.plural(len(parts.labels), label.lower())}, the largest change first.",
        **options,
    )
    table.toolbar(
        _items(view),
        name=f"why-it-moved-{view.group}",
        made=lambda: change_tables.exact_groups(found, view.group, parts),
    )


def _look_into(view: View, labels: list[str]) -> None:
    rows = st.session_state[view.table_key].selection.rows
    if rows:
        st.session_state[filters.KEYS.get(view.group, view.group)] = [labels[rows[0]]]
        st.session_state["group"] = NEXT[view.group]


def _columns(view: View, shown: tuple[effects.Effect, ...]) -> dict[str, Any]:
    currency = view.chosen.currency
    return {
        "group": columns.text(GROUPS[view.group], pinned=True, width=230 if view.group == "key" else 160),
        "project": columns.text("Project"),
        "change": columns.cost("Change", currency, "Cost after less cost before; the effects add up to it."),
        "change_ratio": columns.percent("Change %"),
        **{effect.key: columns.cost(effect.label, currency, effect.help) for effect in shown},
        "before": columns.cost("Before", currency),
        "after": columns.cost("After", currency),
    }


def _carriers(view: View) -> list[dict[str, Any]]:
    return data.derived(("carriers", view), lambda: change_tables.carriers(_explanation(view)))


def _new_and_vanished(view: View) -> list[dict[str, Any]]:
    return data.derived(("moved", view), lambda: change_tables.moved(_explanation(view)))


@section
def _carried(view: View) -> None:
    found, currency = _explanation(view), view.chosen.currency
    rows = _carriers(view)
    st.markdown("## What carried it")
    if not rows:
        empty.nothing("No few features, teams, providers or models carry the change: many small moves make it.")
        return
    offsetting = found.carried.dimensions[0].offsetting
    share = "all moves, which nearly cancel out" if offsetting else "the change"
    empty.nothing(f"Ranked by how few and how unexpected elements explain two thirds of {share}.")
    shown = {
        "dimension": columns.text("Dimension"),
        "element": columns.text("Element"),
        "change": columns.cost("Change", currency),
        "explained": columns.percent("Explains", f"Share of {share}; above 100% where others moved against it."),
        "before": columns.cost("Before", currency),
        "after": columns.cost("After", currency),
    }
    table.draw(change_tables.drawn(rows), shown, alt=f"What carried the change: {rows[0]['element']} above all.")


@section
def _moved(view: View) -> None:
    currency, rows = view.chosen.currency, _new_and_vanished(view)
    st.markdown("## New and vanished")
    if not rows:
        empty.nothing("No model of a feature is new, and none vanished.")
        return
    shown = {
        "what": columns.text("What", "New: neither cost nor use before. Vanished: neither after."),
        "feature": columns.text("Feature"),
        "provider": columns.text("Provider"),
        "model": columns.text("Model"),
        "cost": columns.cost("Cost", currency, "In the one period in which it was billed."),
    }
    table.draw(change_tables.drawn(rows), shown, alt=f"{fmt.plural(len(rows), 'model')} new or vanished.")


@section
def _annotations(view: View) -> None:
    compared = view.compared
    start = min(compared.before_start, compared.after_start)
    result = events.asked(start, compared.after_end, MOST_HAPPENED)
    gravest = events.of_owner(result.rows(), view.chosen.filters)[:MOST_HAPPENED]
    rows = sorted(gravest, key=lambda row: (row["happened_at"], row["title"]))
    st.markdown("## What happened meanwhile")
    if rows:
        st.markdown("\n".join(f"- {fmt.day(row['day'])}, {_kind(row)}: {plain(row['title'])}" for row in rows))
    else:
        empty.nothing(
            "Nothing is known to have happened in these periods; annotations.csv holds launches, price and routing "
            "changes, releases and incidents come from their sources."
        )
    show_sql(result)


def _kind(row: Any) -> str:
    return plain(row["kind"].replace("_", " "))


if __name__ == "__main__":
    render()
