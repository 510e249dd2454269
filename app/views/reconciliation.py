"""Does the bill agree with what was used? The gap in named parts, to the last cent."""

from typing import Any

import streamlit as st

from app import data, reconciled
from app import format as fmt
from app.charts import waterfall
from app.components import chart, columns, empty, filters, head, metrics, table
from app.components.filters import Chosen
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from domain.reconciled_sum import Sum, total
from domain.reconciliation import Slice
from queries.runner import Result

PAGE = {"title": "Reconciliation", "url": "reconciliation", "icon": ":material/balance:", "order": 45}

FILTERS = ("provider", "model")
CURRENCY = "USD"
"""List prices are in USD, so only bills in USD can be held against them."""


def render() -> None:
    """The page."""
    found = filters.options()
    filters.accept_keys(found, *FILTERS)
    head.draw("Reconciliation")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.choose_period(data.horizon())
        chosen = Chosen(period, CURRENCY, filters.choose_filters(found, FILTERS))
    if told := filters.told(chosen.filters, found):
        st.caption(told)
    cells = _cells(chosen)
    billed = cells.table["billed_cost"]
    if billed.null_count == len(billed):
        empty.no_costs(period.start, period.end, CURRENCY)
        show_sql(cells)
        return
    _summary(chosen)
    _bridge(chosen)
    _models(chosen)
    table.toolbar(cells, name="reconciliation")
    _days(chosen)
    table.toolbar(cells, name="reconciliation-days", made=lambda: reconciled.exact(_slices(chosen)))


@section
def _summary(chosen: Chosen) -> None:
    whole = _whole(chosen)
    bill, estimate = whole.bill, whole.estimate
    st.markdown(f"## {plain(reconciled.headline(whole, CURRENCY))}")
    cards = [
        Card("Bill", fmt.money(bill, CURRENCY), help=f"Exactly {fmt.money_exact(bill, CURRENCY)}."),
        Card("Usage at list price", fmt.money(estimate, CURRENCY), help="Reported tokens × published or own prices."),
        Card(
            "Gap",
            fmt.signed_money(bill - estimate, CURRENCY),
            delta=None if not bill else fmt.signed_percent((bill - estimate) / bill),
            note="of the bill",
        ),
        Card(
            "Reconciled share of spend",
            fmt.percent(whole.reconciled_ratio, 1),
            help="The part of the bill for usage that reported tokens at list price explain within 1% "
            "by model and day. Taxes and credits are left aside.",
        ),
    ]
    if whole.gateway is not None:
        missed = fmt.signed_money(estimate - whole.gateway, CURRENCY)
        cards.append(Card("Gateway's estimate", fmt.money(whole.gateway, CURRENCY), note=f"{missed} did not pass it"))
    metrics.draw(cards)
    cells, currencies = _cells(chosen), _currencies(chosen)
    others = [
        fmt.money(row["billed_cost"], row["billing_currency"])
        for row in currencies.rows()
        if row["billing_currency"] != CURRENCY and row["billed_cost"] is not None
    ]
    left_out = f" Not compared: {fmt.listed(others)}, because list prices are in USD." if others else ""
    st.caption(f"{fmt.days(chosen.period.start, chosen.period.end)}, UTC days.{left_out}")
    show_sql(cells, currencies)


@section
def _bridge(chosen: Chosen) -> None:
    whole = _whole(chosen)
    drawn = waterfall.waterfall(
        ("Usage at list price", whole.estimate),
        reconciled.bridge(whole),
        ("Bill", whole.bill),
        title=f"From usage at list price to the bill: {fmt.signed_money(whole.gap, CURRENCY)}",
        subtitle=f"In {CURRENCY}, {fmt.days(chosen.period.start, chosen.period.end)}; the parts add up exactly.",
        currency=CURRENCY,
    )
    chart.draw(drawn, key="bridge")
    show_sql(_cells(chosen))


@section
def _models(chosen: Chosen) -> None:
    st.markdown("## By model")
    table.draw(
        reconciled.by_model(_slices(chosen), CURRENCY),
        {"provider": columns.text("Provider"), "model": columns.text("Model", pinned=True), **_columns()},
        alt="Bill against usage at list price by model, the largest gap first; the last row is the total.",
    )


@section
def _days(chosen: Chosen) -> None:
    st.markdown("## By day")
    table.draw(
        reconciled.by_day(_slices(chosen), CURRENCY),
        {"day": columns.day("Day (UTC)"), **_columns()},
        alt="Bill against usage at list price by day, newest first.",
    )


def _columns() -> dict[str, Any]:
    return {
        "bill": columns.cost("Bill", CURRENCY),
        "estimate": columns.cost("Usage at list price", CURRENCY),
        "gap": columns.cost("Gap", CURRENCY),
        "agrees": columns.percent("Reconciled", "Share of the bill for usage that agrees within 1% by model and day."),
        "gateway": columns.cost("Gateway's estimate", CURRENCY),
        **{part: columns.cost(name, CURRENCY, reconciled.HELP[part]) for part, name in reconciled.NAMES.items()},
        "exact": columns.text("Gap, exact", "Every digit."),
    }


def _slices(chosen: Chosen) -> list[Slice]:
    return data.derived(("reconciliation", chosen), lambda: reconciled.slices(_cells(chosen).table))


def _whole(chosen: Chosen) -> Sum:
    return data.derived(("reconciliation, added up", chosen), lambda: total(_slices(chosen)))


def _cells(chosen: Chosen) -> Result:
    return data.ask("cost/reconciliation_cells", **chosen.params(*FILTERS))


def _currencies(chosen: Chosen) -> Result:
    return data.ask("cost/currencies", start=chosen.period.start, end=chosen.period.end)


if __name__ == "__main__":
    render()
