"""Reads what a page shows, as a person or a screen reader would."""

from typing import Any

import orjson
import pandas as pd
from streamlit.testing.v1 import AppTest


def text(app: AppTest) -> str:
    """All words of a page outside of tables and charts."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    parts = [element.value for kind in kinds for element in app.get(kind)]
    parts += [f"{metric.label}: {metric.value}" for metric in app.metric]
    parts += [badge.value for badge in app.get("badge") if hasattr(badge, "value")]
    return "\n".join(str(part) for part in parts).replace("\\", "")


def metrics(app: AppTest) -> dict[str, str]:
    """Value by label."""
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> list[tuple[dict[str, Any], str]]:
    """Each chart's plotly dict with its alternative text."""
    return [(orjson.loads(found.proto.spec), found.proto.alt) for found in app.get("plotly_chart")]


def tables(app: AppTest) -> list[pd.DataFrame]:
    """Each table as it is drawn."""
    return [found.value for found in app.dataframe]


def table_with(app: AppTest, column: str) -> pd.DataFrame:
    """The first table that has a column."""
    return next(found for found in tables(app) if column in found.columns)


def popovers(app: AppTest) -> list[str]:
    """The labels of all popovers."""
    found = [block.proto.popover for block in _blocks(app.main) if getattr(block, "type", "") == "popover"]
    return [popover.label for popover in found]


def _blocks(block: Any) -> list[Any]:
    found = [block]
    for child in getattr(block, "children", {}).values():
        found.extend(_blocks(child))
    return found
