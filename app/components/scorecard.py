"""The scorecard: every KPI as one row, which leads to its own page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import streamlit as st

from app import format as fmt
from app import promised, review, trust
from app.components import columns, table
from app.frozen import Frozen
from queries.coverage import FactsState
from queries.kpis import Review, Row

KEY = "scorecard"
FRESH = review.FACTS[FactsState.FRESH]
FACTS_HELP = "The state of the sources behind it, and why a value is missing."


def made(
    found: Review,
    currency: str,
    frozen: Mapping[str, Frozen],
    comments: Sequence[Mapping[str, Any]],
    actions: Sequence[Mapping[str, Any]],
    today: date,
) -> pa.Table:
    """One row per KPI, leading before lagging, finance last; a closed week as it was closed."""
    newest: dict[str, str] = {}
    for one in reversed(comments):
        newest[one["kpi"]] = f"{one['author']}, {fmt.day(one['created_at'].date())}: {one['text']}"
    return pa.Table.from_pylist(
        [_line(row, currency, frozen.get(row.kpi.key), newest, actions, today) for row in found.rows], schema=SCHEMA
    )


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("status", "kpi", "value", "target", "gap", "change")),
        ("trend", pa.list_(pa.float64())),
        *((name, pa.string()) for name in ("since", "period", "owner", "known", "restated", "comment", "action")),
        *((name, pa.string()) for name in ("sample", "stage")),
    ]
)


def _line(
    row: Row,
    currency: str,
    then: Frozen | None,
    comments: Mapping[str, str],
    actions: Sequence[Mapping[str, Any]],
    today: date,
) -> dict[str, Any]:
    return {
        "status": review.STATUSES[row.verdict.status],
        "kpi": row.kpi.name,
        "value": review.value(row.kpi, row.reading.point.value, currency),
        "target": review.targets(row, currency),
        "gap": review.gap(row, currency),
        "change": review.change(row, currency),
        "trend": [one for one in review.trend(row.points) if one is not None],
        "since": review.since(row) if row.points else fmt.UNKNOWN,
        "period": row.period.name if row.period else fmt.UNKNOWN,
        "owner": row.kpi.owner or fmt.UNKNOWN,
        "known": trust.told(row),
        "restated": "" if then is None else then.told,
        "comment": comments.get(row.kpi.key, ""),
        "action": promised.due(actions, row.kpi.key, today),
        "sample": fmt.compact(row.reading.point.sample_count),
        "stage": review.STAGES[row.kpi.stage],
    }


def draw(drawn: pa.Table, week: str, alt: str) -> None:
    """The table; a click on a row opens the page of its KPI. Call it outside cached sections."""
    is_told = any(one != FRESH for one in drawn.column("known").to_pylist())
    shown = {
        "status": columns.text("Status", width=125),
        "kpi": columns.text("KPI", pinned=True, width=170),
        "value": columns.text("Value", width=105),
        "target": columns.text("Target", width=190),
        "gap": columns.text("Gap", "How far beyond its target.", width=80),
        "change": columns.text("Change", "Against the period before.", width=100),
        "trend": columns.shape("Trend", "13 weeks or months, 9 quarters, as far as they are known; not from zero."),
        "owner": columns.text("Owner", width=120),
        "known": columns.text("Facts", FACTS_HELP, width=330 if is_told else 110),
        "restated": columns.text("Restated", "What would be another now, where the week is closed.", width=150),
        "action": columns.text("Promised", "The open promise that is due first."),
        "comment": columns.text("Comment"),
        "since": columns.text("Since", "For how many periods the status has been so."),
        "period": columns.text("Period"),
        "sample": columns.text("Sample", "How many things it counts."),
        "stage": columns.text("Stage", "Leading before lagging, finance last."),
    }
    if not any(drawn.column("restated").to_pylist()):
        del shown["restated"]
    event = st.dataframe(
        drawn.select(list(shown)),
        hide_index=True,
        column_config=shown,
        height=table.ROW_HEIGHT * (drawn.num_rows + 1) + 3,
        key=KEY,
        placeholder=fmt.UNKNOWN,
        on_select="rerun",
        selection_mode="single-row",
        alt=alt,
    )
    chosen = event.selection.rows
    if chosen:
        st.switch_page("views/metric.py", query_params={"kpi": drawn.column("kpi")[chosen[0]].as_py(), "week": week})
