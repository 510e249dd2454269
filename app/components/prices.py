"""What list prices say of the usage of a period: at today's prices, and what has none."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from app import data
from app import format as fmt
from app import price_tables as prices
from app.components import columns, table
from app.components.filters import Chosen
from app.components.section import section
from app.components.sql import show_sql
from queries.runner import Result


def draw(chosen: Chosen) -> None:
    """Both sections with their downloads; each is one quiet line while there is nothing to tell."""
    _then_and_now(chosen)
    found = _compared(chosen)
    if prices.moved(found.rows()):
        table.toolbar(found, name="prices-then-and-now")
    _without_price(chosen)
    lacking = _lacking(chosen)
    if lacking.row_count:
        table.toolbar(lacking, name="unpriced-usage")


def _compared(chosen: Chosen) -> Result:
    return data.ask("cost/prices_then_and_now", **_asked(chosen), as_of=data.now().date())


def _lacking(chosen: Chosen) -> Result:
    since = chosen.period.end - timedelta(days=7)
    return data.ask("cost/unpriced_usage", **_asked(chosen), recent_since=since)


def _asked(chosen: Chosen) -> Mapping[str, Any]:
    return {name: value for name, value in chosen.params("provider").items() if name != "currency"}


@section
def _then_and_now(chosen: Chosen) -> None:
    found = _compared(chosen)
    rows = found.rows()
    st.markdown("## What would the same usage cost at today's prices?")
    if not rows:
        st.caption("No usage is reported in this period.")
        show_sql(found)
        return
    scope = " All teams and environments." if any(name != "provider" for name, _ in chosen.filters) else ""
    st.caption(f"{prices.then_and_now_sentence(rows)}{scope}")
    if not prices.moved(rows):
        show_sql(found)
        return
    shown = {
        "provider": columns.text("Provider"),
        "model": columns.text("Model"),
        "service_tier": columns.text("Tier"),
        "tokens": columns.compact("Tokens"),
        "cost_then": columns.cost("At prices then", prices.CURRENCY, "Each day at the list price of that day."),
        "cost_now": columns.cost("At prices now", prices.CURRENCY, "All of it at today's list price."),
        "change_cost": columns.cost("Difference", prices.CURRENCY),
        "change_ratio": columns.percent("Change"),
    }
    drawn = prices.then_and_now(rows)
    table.draw(drawn, shown, alt=f"{fmt.plural(drawn.num_rows, 'model')} whose price changed, largest change first.")


@section
def _without_price(chosen: Chosen) -> None:
    found = _lacking(chosen)
    rows = found.rows()
    st.markdown("## Usage without a price")
    if not rows:
        st.caption("✓ All reported usage of this period has a price.")
        show_sql(found)
        return
    st.caption(prices.unpriced_headline(rows))
    shown = {
        "provider": columns.text("Provider"),
        "model": columns.text("Model"),
        "service_tier": columns.text("Tier"),
        "unit": columns.text("Unit without a price"),
        "amount": columns.compact("Amount"),
        "day_count": columns.number("Days"),
        "days": columns.text("Seen"),
        "remedy": columns.text("What to do", width="large"),
    }
    table.draw(prices.unpriced(rows), shown, alt=f"{fmt.plural(len(rows), 'unit')} of usage without a price.")
    if lines := prices.lines(rows):
        with st.expander("Lines for prices.toml"):
            st.code(lines, language="toml")
