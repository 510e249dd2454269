"""What is spent on what, over time, as it is known now or was on an earlier day; every choice is in the URL."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import streamlit as st

from app import data, events, stories, tables
from app import format as fmt
from app.charts import stacked
from app.charts.marks import marked
from app.components import as_known, chart, columns, empty, filters, head, metrics, other_currencies, table
from app.components.filters import Chosen
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from queries.runner import Result

PAGE = {"title": "Spend", "url": "spend", "icon": ":material/payments:", "order": 20}


@dataclass(frozen=True, slots=True)
class View:
    """Everything that decides what is drawn."""

    chosen: Chosen
    dimension: str
    bucket: str
    measure: str
    compared: bool
    """False when the period before lies ahead of the first bill, so that nothing can be compared."""


def render() -> None:
    """The page."""
    horizon, found = data.horizon(), filters.options()
    filters.accept_keys(found, *filters.FILTERABLE)
    head.draw("Spend")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.choose_period(horizon)
        dimension = filters.choose_one("By", filters.DIMENSIONS, "by")
        place_of_bucket = st.container(width="content")
        measure = filters.choose_one("Cost", filters.MEASURES, "measure")
        currencies = data.ask("cost/currencies", start=period.start, end=period.end)
        currency = filters.choose_currency([row["billing_currency"] for row in currencies.rows()])
        chosen_filters = filters.choose_filters(found, filters.FILTERABLE)
        as_of, problem = as_known.choose(horizon)
        with place_of_bucket:
            bucket = filters.choose_one("Per", filters.BUCKETS, "bucket", disabled=as_of is not None)
    if problem:
        st.warning(plain(problem), icon=":material/history:")
    if told := filters.told(chosen_filters, found):
        st.caption(told)
    if as_of:
        as_known.draw(as_known.View(Chosen(period, currency, chosen_filters), dimension, measure, as_of))
        return
    first_day = other_currencies.first_day(currencies.rows(), currency)
    compared = first_day is not None and first_day <= period.before < period.before_end
    view = View(Chosen(period, currency, chosen_filters), dimension, bucket, measure, compared)
    items = _items(view)
    if not any(row["cost"] for row in items.rows()):
        empty.no_costs(period.start, period.end, currency)
        empty.offer_newest(currencies.rows(), currency)
        show_sql(items, currencies)
        return
    _summary(view)
    _over_time(view)
    _table(view)
    table.toolbar(items, name="spend")
    restated = _restated_days(view)
    if restated.row_count:
        _restated(view)
        table.toolbar(restated, name="restated")


def _named(view: View, result: Result) -> list[dict[str, Any]]:
    """Rows whose items are written as people write them."""
    if view.dimension != "provider":
        return result.rows()
    return [{**row, "item_name": fmt.provider(row["item_name"])} for row in result.rows()]


@section
def _summary(view: View) -> None:
    period, currency = view.chosen.period, view.chosen.currency
    items = _items(view)
    currencies = data.ask("cost/currencies", start=period.start, end=period.end)
    rows = items.rows()
    total, now, before = (sum(row[name] for row in rows) for name in ("cost", "complete_cost", "previous_cost"))
    change = fmt.change(now, before) if view.compared else None
    unowned = next((row["cost"] for row in rows if row["item"].lower() == "unattributed"), None)
    cards = [
        Card(
            f"{filters.MEASURES[view.measure]} cost",
            fmt.money(total, currency),
            delta=None if change is None else fmt.signed_percent(change),
            note=f"vs {fmt.days(period.before, period.before_end)}" if view.compared else "nothing before to compare",
            rise_is_bad=True,
            help=f"Exactly {fmt.money_exact(total, currency)}.",
        ),
        Card(
            "Per whole day",
            fmt.money(now / period.complete_days if period.complete_days else None, currency),
            note=fmt.plural(period.complete_days, "whole day"),
        ),
    ]
    if view.dimension in ("feature", "team"):
        cards.append(
            Card(
                "Unattributed",
                fmt.money(unowned or 0, currency),
                delta=fmt.percent((unowned or 0) / total),
                note="of the total",
                help="Costs that no rule in attribution.toml gives to a feature.",
            )
        )
    metrics.draw(cards)
    partial = " Today is not whole yet: it is in the total, not in the change." if period.has_partial_days else ""
    exact = f"Exactly {fmt.money_exact(total, currency)}, {fmt.days(period.start, period.end)}, UTC days.{partial}"
    others = other_currencies.sentence(currencies.rows(), currency, f"{view.measure}_cost")
    st.caption(" ".join(filter(None, [exact, others])))
    show_sql(items, currencies)


@section
def _over_time(view: View) -> None:
    period, currency = view.chosen.period, view.chosen.currency
    result, items = _buckets(view), _named(view, _items(view))
    days = sorted({row["bucket_day"] for row in result.rows()})
    drawn = stacked.spend(
        _named(view, result),
        title=stories.spend_headline(items, currency, compared=view.compared),
        subtitle=(
            f"{filters.MEASURES[view.measure]} cost in {currency} per {view.bucket} "
            f"by {filters.DIMENSIONS[view.dimension].lower()}, {fmt.days(period.start, period.end)}, UTC days."
        ),
        currency=currency,
        partial=[day for day in days if not period.is_whole(day, view.bucket)],
    )
    marks = events.marks(period.start, period.end, view.chosen.filters)
    chart.draw(marked(drawn, marks), key="spend")
    show_sql(result, events.asked(period.start, period.end))


@section
def _table(view: View) -> None:
    currency, period = view.chosen.currency, view.chosen.period
    items = _items(view)
    st.markdown(f"## By {filters.DIMENSIONS[view.dimension].lower()}")
    drawn = tables.by_item(_named(view, items), _buckets(view).table, currency, compared=view.compared)
    before = f"Whole days against {fmt.days(period.before, period.before_end)}."
    shown = {
        "item_name": columns.text(filters.DIMENSIONS[view.dimension], pinned=True),
        "cost": columns.cost("Cost", currency),
        "direct_cost": columns.cost("Direct", currency, columns.DIRECT),
        "allocated_cost": columns.cost("Allocated", currency, columns.ALLOCATED),
        "share": columns.percent("Share"),
        "change_cost": columns.cost("Change", currency, before),
        "change_ratio": columns.percent("Change %", before),
        "trend": columns.sparkline(f"Per {view.bucket}"),
        "exact": columns.text("Exact", "Every digit of the bill."),
    }
    table.draw(drawn, shown, alt=f"Cost by {view.dimension}; the last row is the total.")


@section
def _restated(view: View) -> None:
    currency = view.chosen.currency
    rows = _restated_days(view).rows()
    days = {row["day"] for row in rows}
    change = sum((row["change_cost"] for row in rows), Decimal())
    st.markdown("## Changed after the day was complete")
    st.caption(
        f"Vendors corrected the bill of {fmt.plural(len(days), 'day')} by {fmt.signed_money(change, currency)} in all. "
        "The figures above hold the newest; *As known on* shows closed weeks as they were."
    )
    drawn = pa.table(
        {
            "day": [row["day"] for row in rows],
            "source": [row["source"] for row in rows],
            **{name: [_float(row[name]) for row in rows] for name in ("before_cost", "after_cost", "change_cost")},
            "restated_at": [fmt.moment(row["restated_at"]) for row in rows],
        }
    )
    shown = {
        "day": columns.day("Day (UTC)"),
        "source": columns.text("Source"),
        "before_cost": columns.cost("Was", currency),
        "after_cost": columns.cost("Is", currency),
        "change_cost": columns.cost("Change", currency),
        "restated_at": columns.text("Known since"),
    }
    table.draw(drawn, shown, alt=f"{fmt.plural(len(rows), 'correction')} of the bill, newest first.")


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _restated_days(view: View) -> Result:
    chosen = view.chosen
    return data.ask("cost/restated_days", start=chosen.period.start, end=chosen.period.end, currency=chosen.currency)


def _items(view: View) -> Result:
    period = view.chosen.period
    return data.ask(
        "cost/spend_by_item",
        **view.chosen.params(*filters.FILTERABLE),
        complete_end=period.complete_end,
        previous_start=period.before,
        previous_end=period.before_end,
        dimension=view.dimension,
        measure=view.measure,
    )


def _buckets(view: View) -> Result:
    return data.ask(
        "cost/spend_by_bucket",
        **view.chosen.params(*filters.FILTERABLE),
        bucket=view.bucket,
        dimension=view.dimension,
        measure=view.measure,
    )


if __name__ == "__main__":
    render()
