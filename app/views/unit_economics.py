"""What one feature, one request, one million tokens and one outcome cost, and what failures do."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app import data, events, stories, tables
from app import format as fmt
from app.charts import trend
from app.charts.marks import marked
from app.components import (
    chart,
    chooser,
    columns,
    empty,
    filters,
    head,
    metrics,
    other_currencies,
    outcomes,
    prices,
    table,
)
from app.components.filters import Chosen, Options
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from queries.runner import Result

PAGE = {"title": "Unit economics", "url": "unit-economics", "icon": ":material/query_stats:", "order": 30}

FILTERS = ("provider", "team", "environment")
SHOWN = {"requests": "Per request and token", "outcomes": "Per outcome", "prices": "Prices"}


def render() -> None:
    """The page."""
    found = filters.options()
    filters.accept_keys(Options({**found.items, "show": SHOWN}), *FILTERS, show="show")
    head.draw("Unit economics")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.choose_period(data.horizon())
        currencies = data.ask("cost/currencies", start=period.start, end=period.end).rows()
        currency = filters.choose_currency([row["billing_currency"] for row in currencies])
        chosen = Chosen(period, currency, filters.choose_filters(found, FILTERS))
    if told := filters.told(chosen.filters, found):
        st.caption(told)
    features = data.ask("cost/unit_by_feature", **chosen.params(*FILTERS))
    if not features.row_count:
        empty.no_costs(period.start, period.end, currency)
        empty.offer_newest(currencies, currency)
        show_sql(features)
        return
    _summary(chosen)
    show = filters.choose_one("Show", SHOWN, "show")
    if show == "outcomes":
        outcomes.draw(chosen)
    elif show == "prices":
        prices.draw(chosen)
    else:
        _requests(chosen, features)


def _requests(chosen: Chosen, features: Result) -> None:
    """By feature, one of them in detail, and by model. Holds widgets."""
    _features(features, chosen)
    names = {row["feature"]: row["feature_name"] for row in features.rows()}
    feature = chooser.box(names, "feature", "Click a row above or choose a feature")
    if feature:
        _detail(chosen, feature, names[feature])
        table.toolbar(_of_feature("cost/unit_by_model", chosen, feature), name=f"models-{feature}")
        _keys(chosen, feature)
        table.toolbar(_of_feature("cost/unit_by_key", chosen, feature), name=f"keys-{feature}")
    _models(chosen)
    table.toolbar(data.ask("cost/unit_by_model", **chosen.params(*FILTERS)), name="models")


@section
def _summary(chosen: Chosen) -> None:
    currency, period = chosen.currency, chosen.period
    features = data.ask("cost/unit_by_feature", **chosen.params(*FILTERS))
    models = data.ask("cost/unit_by_model", **chosen.params(*FILTERS))
    days = data.ask("cost/unit_by_day", **chosen.params(*FILTERS))
    currencies = data.ask("cost/currencies", start=period.start, end=period.end)
    total = data.ask("cost/unit_total", **chosen.params(*FILTERS))
    unit = total.one()
    trend_rows = [row for row in days.rows() if row["day"] < period.complete_end]
    metrics.draw(
        [
            Card(
                "Cost per 1K requests",
                fmt.money(unit["cost_per_1k_requests"], currency),
                trend=_trend(trend_rows, "cost_per_1k_requests"),
            ),
            Card(
                "Cost per 1M tokens",
                fmt.money(unit["cost_per_1m_tokens"], currency),
                trend=_trend(trend_rows, "cost_per_1m_tokens"),
            ),
            Card("Requests", fmt.compact(unit["request_count"]), trend=_trend(trend_rows, "request_count")),
            Card("Tokens", fmt.compact(unit["total_tokens"]), trend=_trend(trend_rows, "total_tokens")),
        ]
    )
    silent = stories.silent_providers(models.rows())
    told = stories.coverage(unit["request_cost"], unit["billed_cost"], silent)
    others = other_currencies.sentence(currencies.rows(), currency)
    where = f"{fmt.days(period.start, period.end)}, UTC days."
    st.caption(" ".join(filter(None, [where, told, stories.list_price_note(features.rows()), others])))
    show_sql(total, days, models, features, currencies)


def _trend(rows: Sequence[Mapping[str, Any]], measure: str) -> list[Any] | None:
    values = [row[measure] for row in rows]
    return values if any(value is not None for value in values) else None


def _features(features: Result, chosen: Chosen) -> None:
    """Not cached as a section: its rows can be clicked."""
    daily = data.ask("cost/cost_by_feature_day", **chosen.params(*FILTERS))
    rows = features.rows()
    st.markdown("## Features")
    drawn = data.derived(
        ("unit-economics", chosen),
        lambda: tables.units(rows, tables.sparklines(daily.table, "feature", "day", "billed_cost")),
    )
    shown = {
        "feature_name": columns.text("Feature", pinned=True),
        "team": columns.text("Team"),
        **_unit_columns(chosen),
    }
    chooser.rows(
        drawn,
        shown,
        [row["feature"] for row in rows],
        "feature",
        alt=f"Unit costs of {fmt.plural(len(rows), 'feature')}, dearest first: {rows[0]['feature_name']}.",
    )
    table.toolbar(features, daily, name="unit-economics")


@section
def _detail(chosen: Chosen, feature: str, name: str) -> None:
    period, currency = chosen.period, chosen.currency
    days = _of_feature("cost/unit_by_day", chosen, feature)
    rows = days.rows()
    cost = sum((row["billed_cost"] or 0 for row in rows), start=0)
    drawn = trend.unit_cost(
        rows,
        title=f"{name}: {fmt.money(cost, currency)} in {fmt.plural(len(rows), 'day')}",
        subtitle=f"Billed cost per UTC day in {currency}, and per 1K requests where they are reported.",
        currency=currency,
    )
    marks = events.marks(period.start, period.end, [("feature", [feature])])
    chart.draw(marked(drawn, marks), key=f"trend-{feature}")
    show_sql(days, events.asked(period.start, period.end))
    st.markdown(f"## Models of {plain(name)}")
    _unit_table(_of_feature("cost/unit_by_model", chosen, feature).rows(), chosen, f"Models of {name}.")


@section
def _keys(chosen: Chosen, feature: str) -> None:
    st.markdown("## Projects and keys")
    _unit_table(_of_feature("cost/unit_by_key", chosen, feature).rows(), chosen, "Projects and keys, dearest first.")


@section
def _models(chosen: Chosen) -> None:
    st.markdown("## Models, billed and at list price")
    st.caption("A model without a bill is seen in request logs or usage reports only; its list price is all there is.")
    _unit_table(data.ask("cost/unit_by_model", **chosen.params(*FILTERS)).rows(), chosen, "Models, dearest first.")


def _unit_table(rows: Sequence[Mapping[str, Any]], chosen: Chosen, alt: str) -> None:
    shown = {
        "provider": columns.text("Provider"),
        "project_id": columns.text("Project"),
        "api_key_id": columns.text("API key"),
        "environment": columns.text("Environment"),
        "model": columns.text("Model"),
        **_unit_columns(chosen),
    }
    table.draw(tables.units(rows, {}), shown, alt=alt)


def _unit_columns(chosen: Chosen) -> dict[str, Any]:
    currency = chosen.currency
    scope = "Only costs whose usage is reported count, see Covered."
    return {
        "billed_cost": columns.cost("Billed", currency),
        "direct_cost": columns.cost("Direct", currency, columns.DIRECT),
        "allocated_cost": columns.cost("Allocated", currency, columns.ALLOCATED),
        "trend": columns.sparkline("Cost per day"),
        "cost_per_1k_requests": columns.unit_cost("Per 1K requests", currency, scope),
        "loaded_cost_per_1k_requests": columns.unit_cost(
            "Loaded per 1K requests", currency, "Costs per 1,000 requests and their part of the allocated ones."
        ),
        "cost_per_1m_tokens": columns.unit_cost("Per 1M tokens", currency, scope),
        "request_count": columns.compact("Requests", "Empty: no source reports them."),
        "covered": columns.percent("Covered", "Share of the cost whose usage reports requests."),
        "total_tokens": columns.compact("Tokens"),
        "estimated_cost": columns.cost("List price (USD)", "USD", "Tokens × published price: an estimate, not a bill."),
        "unpriced_tokens": columns.compact("Unpriced tokens", "Tokens without a known price, in no estimate."),
    }


def _of_feature(query: str, chosen: Chosen, feature: str) -> Result:
    return data.ask(query, **chosen.params(*FILTERS), feature=(feature,))


if __name__ == "__main__":
    render()
