"""Every AI feature with its owner, what it costs, and what it still lacks of what a feature in production needs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from app import catalogue, data
from app import format as fmt
from app.components import chooser, columns, empty, filters, head, metrics, problems, table
from app.components.filters import Items, Options
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from domain.window import floor_day
from queries.runner import Result

PAGE = {"title": "Catalogue", "url": "catalogue", "icon": ":material/menu_book:", "order": 66}

DIMENSIONS = ("tier", "team", "feature")
COST_DAYS, EVALUATED_DAYS = 28, 90
DECLARE = (
    "No feature is declared. Write each as a [[feature]] with key, name, team, tier and owner into `features.toml` "
    "beside `burnline.toml`; docs/ownership.md shows how."
)
ALL = {"all": "All"}

Chosen = tuple[tuple[str, Items], ...]


def render() -> None:
    """The page."""
    head.draw("Catalogue")
    problems.note([sentence for name, sentence in data.reference_problems() if name in ("", "features.toml")])
    found, without = filters.options("kpi/filter_values"), ALL | catalogue.WITHOUT
    filters.accept_keys(Options({**found.items, "without": without}), *DIMENSIONS, without="without")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        lacking = filters.choose_one("Show", without, "without")
        chosen = filters.choose_filters(found, DIMENSIONS)
    if not _features(()).row_count:
        st.info(DECLARE, icon=":material/menu_book:")
    if told := filters.told(chosen, found):
        st.caption(told)
    _summary(chosen)
    _list(chosen, lacking)
    _strangers()


@section
def _summary(chosen: Chosen) -> None:
    rows = _features(chosen).rows()
    strangers = [] if chosen else _undeclared().rows()
    st.markdown(f"## {plain(catalogue.headline(rows, strangers))}")
    costly = catalogue.expected(rows)
    cost = sum((row["cost"] for row in costly), start=0)
    metrics.draw(
        [
            Card("Features", fmt.count(len(rows)), note=f"{len(costly)} cost money"),
            Card(f"Cost of {COST_DAYS} days", fmt.money(cost, data.currency()) if costly else fmt.UNKNOWN),
            *(
                Card(
                    label,
                    f"{len(catalogue.lacking(costly, debt))} of {len(costly)}" if costly else fmt.UNKNOWN,
                    note=fmt.money(
                        sum((row["cost"] for row in catalogue.lacking(costly, debt)), start=0), data.currency()
                    ),
                    help="Of those that cost money and are not retired.",
                )
                for debt, label in catalogue.WITHOUT.items()
            ),
        ]
    )
    st.caption(
        f"Cost: billed in the last {COST_DAYS} whole UTC days. Evaluation: one in {EVALUATED_DAYS} days. SLO: one that "
        "names the feature, or whose service is called like it. Budget: one of its own that has not ended."
    )
    show_sql(_features(chosen), _undeclared())


def _list(chosen: Chosen, lacking: str) -> None:
    """Not cached as a section: its rows can be clicked."""
    rows = _features(chosen).rows()
    shown = rows if lacking in ALL else catalogue.lacking(catalogue.expected(rows), lacking)
    st.markdown(f"## {fmt.plural(len(shown), 'feature')}, dearest first")
    if not shown:
        empty.nothing("None with these filters.")
        show_sql(_features(chosen))
        return
    drawn = catalogue.table(shown)
    chooser.rows(
        drawn,
        {
            "name": columns.text("Feature", pinned=True, width=170),
            "cost": columns.cost(f"Cost {COST_DAYS} days", data.currency()),
            "owner": columns.text("Owner"),
            "team": columns.text("Team"),
            "tier": columns.text("Tier", width=80),
            "status": columns.text("Status", width=90),
            "slo": columns.text("SLO", "Objectives that name it, or whose service is called like it.", width=75),
            "evaluation": columns.text("Evaluation", f"In {EVALUATED_DAYS} days.", width=90),
            "budget": columns.text("Budget", "Its own, not ended.", width=80),
            "release": columns.text("Last release"),
            "incidents": columns.text("Incidents", "Ours, of all time.", width=95),
            "requests": columns.compact(f"Requests {COST_DAYS} days"),
            "runbook": columns.link("Runbook"),
        },
        [row["feature"] for row in shown],
        "feature",
        alt=f"{fmt.plural(len(shown), 'feature')} with what each has and lacks, dearest first.",
    )
    table.toolbar(_features(chosen), name="catalogue")
    names = {row["feature"]: row["name"] for row in shown}
    if key := chooser.box(names, "feature", "Click a row above or choose a feature"):
        _detail(next(row for row in shown if row["feature"] == key))


def _detail(row: Mapping[str, Any]) -> None:
    lacks = [name for name, check in catalogue.DEBTS.values() if check(row)]
    owner = plain(row["owner"]) if row["owner"] else "nobody"
    links = " · ".join(f"[{plain(label)}]({url})" for label, url in catalogue.links(row["links"]))
    told = [
        f"**{plain(row['name'])}** ({plain(row['tier'])}, {plain(row['status'])}) belongs to {owner}, "
        f"{plain(row['team'])}.",
        f"Lacks {fmt.listed(lacks)}." if lacks else "Lacks nothing of what a feature needs.",
        f"Last evaluated {fmt.day(row['last_evaluated_at'])}, last released {fmt.day(row['last_released_at'])}.",
        links or 'No links; `links = { runbook = "https://…" }` in features.toml adds them.',
    ]
    st.markdown("\n\n".join(told))


def _strangers() -> None:
    found = _undeclared()
    if not found.row_count:
        return
    st.markdown(f"## {fmt.plural(found.row_count, 'feature')} that features.toml does not declare")
    st.caption("They cost, are used, or are named by a release, an evaluation or an incident. Declare or rename them.")
    table.draw(
        found.table,
        {
            "feature": columns.text("Feature", pinned=True),
            "cost": columns.cost(f"Cost {COST_DAYS} days", data.currency()),
            "request_count": columns.compact("Requests"),
            "release_count": columns.number("Releases"),
            "evaluation_count": columns.number("Evaluations"),
            "incident_count": columns.number("Incidents"),
        },
        alt=f"{fmt.plural(found.row_count, 'feature')} that nobody declared, dearest first.",
    )
    table.toolbar(found, name="undeclared-features")


def _features(chosen: Chosen) -> Result:
    end = data.horizon().complete_end
    return data.ask(
        "catalogue/features",
        start=end - timedelta(days=COST_DAYS),
        end=end,
        evaluated_since=floor_day(data.now()) - timedelta(days=EVALUATED_DAYS),
        today=data.now().date(),
        currency=data.currency(),
        **{name: list(items) for name, items in chosen},
    )


def _undeclared() -> Result:
    end = data.horizon().complete_end
    start = end - timedelta(days=COST_DAYS)
    return data.ask("catalogue/undeclared", start=start, end=end, currency=data.currency())


if __name__ == "__main__":
    render()
