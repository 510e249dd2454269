"""Marks on a chart over time for what happened meanwhile: dotted lines, a few labels above, all in the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app import format as fmt
from app.charts.figure import GREY, Chart, inert

Row = Mapping[str, Any]

LABELLED = 3
"""So many labels stand above each other; further marks have their sign only, and their words at the pointer."""
LABEL_LENGTH, HOVER_LENGTH = 30, 120
_LABEL_HEIGHT, _TOP = 19, 14
"""Pixels of one label, and of what stands above the plot without one."""
SIGNS = {"incident": "✕", "release": "▲", "launch": "▲"}
OTHER_SIGN = "▾"


@dataclass(frozen=True, slots=True)
class Marks:
    """What to show: rows of (happened_at, day, kind, title), the gravest first; `more_count` happened besides.

    `middle` of the axis (UTC, without zone) decides to which side a label goes.
    """

    rows: Sequence[Row]
    middle: datetime
    more_count: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """One period on an axis of names: its name, its days `[start, end)`, and the axis it stands on."""

    name: str
    start: date
    end: date
    axis: str = "x"


def marked(drawn: Chart, marks: Marks, *, exact: bool = False) -> Chart:
    """The chart with what happened: at its day, or `exact` at its minute where the axis has hours."""
    places = [((row["happened_at"] if exact else row["day"]).isoformat(), "x") for row in marks.rows]
    later = [row["happened_at"] > marks.middle for row in marks.rows]
    return _with(drawn, marks, marks.rows, places, later)


def marked_periods(drawn: Chart, marks: Marks, labels: Sequence[Label]) -> Chart:
    """The chart whose axes name periods, with each mark at the first period of each axis that it happened in."""
    inside, places, later = [], [], []
    for row in marks.rows:
        seen = set()
        for label in labels:
            if label.start <= row["day"] < label.end and label.axis not in seen:
                seen.add(label.axis)
                mates = [one.name for one in labels if one.axis == label.axis]
                inside.append(row)
                places.append((label.name, label.axis))
                later.append(mates.index(label.name) * 2 >= len(mates))
    return _with(drawn, marks, inside, places, later)


def _with(
    drawn: Chart, marks: Marks, inside: Sequence[Row], places: Sequence[tuple[str, str]], later: Sequence[bool]
) -> Chart:
    if not inside:
        return drawn
    made = drawn.figure["layout"]
    labels = [
        _label(row, place, late, number, above=len(inside) > LABELLED)
        for number, (row, place, late) in enumerate(zip(inside, places, later, strict=True))
    ]
    height = _TOP + _LABEL_HEIGHT * min(len(inside), LABELLED + 1)
    layout = {
        **made,
        "shapes": [*made.get("shapes", []), *(_line(*place) for place in dict.fromkeys(places))],
        "annotations": [*made.get("annotations", []), *labels],
        "margin": {**made["margin"], "t": max(made["margin"]["t"], height)},
        "height": made["height"] + height - _TOP,
    }
    return replace(drawn, figure={**drawn.figure, "layout": layout}, alt=drawn.alt + _told(inside, marks.more_count))


def _line(on: str, axis: str) -> dict[str, Any]:
    dotted = {"color": GREY, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": axis, "x0": on, "x1": on, "yref": "paper", "y0": 0, "y1": 1, "line": dotted}


def _label(row: Row, place: tuple[str, str], late: bool, number: int, *, above: bool) -> dict[str, Any]:
    """Words for the gravest, each on a line of its own, `above` the line of signs where there are further marks."""
    sign = SIGNS.get(row["kind"], OTHER_SIGN)
    title = inert(row["title"], LABEL_LENGTH)
    label: dict[str, Any] = {
        "x": place[0],
        "xref": place[1],
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 2,
        "text": sign,
        "hovertext": f"{inert(row['title'], HOVER_LENGTH)}, {fmt.day(row['day'])} ({inert(row['kind'])})",
        "showarrow": False,
        "font": {"size": 11},
    }
    if number >= LABELLED:
        return label
    return label | {
        "yshift": 2 + _LABEL_HEIGHT * (number + above),
        "text": f"{title} {sign}" if late else f"{sign} {title}",
        "xanchor": "right" if late else "left",
        "xshift": 5 if late else -5,
    }


def _told(inside: Sequence[Row], more_count: int) -> str:
    named = list(dict.fromkeys(f"{row['title']} ({fmt.day(row['day'])})" for row in inside))
    if more_count:
        named.append(f"{fmt.count(more_count)} more that {'is' if more_count == 1 else 'are'} not drawn")
    return f" Marked: {fmt.listed(named)}."
