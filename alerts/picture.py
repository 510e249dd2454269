"""Draws a chart as PNG, for messages that are read on a phone. matplotlib is loaded when the first one is drawn."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from alerts.charts import Chart
from domain.wording import SYMBOLS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DOTS_PER_INCH = 800, 320, 100
"""Pixels. Slack shows at most 360 of them in width on a phone, so letters are twice as large as on a page."""

ACTUAL, EXPECTED, LIMIT, INK, GRID = "#0072B2", "#767676", "#D55E00", "#1D1C1D", "#DDDDDD"
"""Blue and vermilion of Okabe and Ito, which people with any colour vision tell apart; each has its own stroke too."""

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that every machine draws the same picture."""
TITLE_CHARACTERS = 54
MOST_TICKS = 5
HOUR_STEPS, DAY_STEPS = (1, 3, 6, 12, 24), (1, 2, 7, 14, 28)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LETTERS, SMALL_LETTERS = 16, 15
"""Points, at 100 dots an inch."""

logging.getLogger("matplotlib").setLevel(logging.WARNING)


def png(chart: Chart) -> bytes:
    """The picture. The limit is dashed, the expected dotted or shaded, the marked span hatched, each named."""
    from matplotlib import dates
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, MaxNLocator

    figure = Figure(figsize=(WIDTH / DOTS_PER_INCH, HEIGHT / DOTS_PER_INCH), dpi=DOTS_PER_INCH, layout="constrained")
    figure.set_facecolor("white")
    axes = figure.add_subplot()
    _draw(axes, chart)
    figure.suptitle(
        text(shortened(chart.title, TITLE_CHARACTERS)), fontsize=LETTERS, fontweight="bold", color=INK, parse_math=False
    )
    axes.set_ylabel(text(_unit(chart.unit)), fontsize=SMALL_LETTERS, color=INK, parse_math=False)
    axes.yaxis.set_major_formatter(lambda value, _: _tick(value, chart.unit))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    form = "%H:%M\n%d %b" if chart.by_hour else "%d %b"
    axes.xaxis.set_major_locator(FixedLocator([_x(at) for at in _ticks(chart)]))
    axes.xaxis.set_major_formatter(dates.DateFormatter(form, tz=UTC))
    axes.tick_params(labelsize=SMALL_LETTERS, colors=INK, length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 0.98),
            ncols=4,
            fontsize=SMALL_LETTERS - 1,
            frameon=False,
            handlelength=1.6,
            columnspacing=1.2,
            borderaxespad=0.1,
        )
    drawn = BytesIO()
    FigureCanvasAgg(figure).print_png(drawn)
    return drawn.getvalue()


def _draw(axes: Axes, chart: Chart) -> None:
    if chart.marked:
        first, last = chart.marked
        end = max(last, first + _step(chart))
        axes.axvspan(_x(first), _x(end), facecolor="#F0E442", alpha=0.25, hatch="//", edgecolor="#B0A000", linewidth=0)
    if chart.expected:
        moments = [_x(at) for at, _, _ in chart.expected]
        lows, highs = [low for _, low, _ in chart.expected], [high for _, _, high in chart.expected]
        label = text(chart.expected_label)
        if lows == highs:
            axes.plot(moments, lows, color=EXPECTED, linewidth=2.5, linestyle=":", label=label)
        else:
            axes.fill_between(moments, lows, highs, color=EXPECTED, alpha=0.3, linewidth=0, label=label)
    if chart.limit is not None:
        axes.axhline(chart.limit, color=LIMIT, linewidth=2.2, linestyle="--", label=text(chart.limit_label))
    known = [(at, value) for at, value in chart.points if value is not None]
    values = [float("nan") if value is None else value for _, value in chart.points]
    axes.plot([_x(at) for at, _ in chart.points], values, color=ACTUAL, linewidth=2.5, label="measured")
    if known:
        at, value = known[-1]
        axes.plot([_x(at)], [value], color=ACTUAL, marker="o", markersize=8)
    shown = [value for _, value in known] + [end for band in chart.expected for end in band[1:]]
    if min([*shown, chart.limit or 0.0, 0.0]) >= 0:
        axes.set_ylim(bottom=0)


def _step(chart: Chart) -> timedelta:
    return timedelta(hours=1) if chart.by_hour else timedelta(days=1)


def _ticks(chart: Chart) -> list[datetime]:
    """At most five moments at whole steps, from the first one drawn."""
    moments = [at for at, _ in chart.points] + [at for at, _, _ in chart.expected]
    if not moments:
        return []
    first, last = min(moments), max(moments)
    steps = [n * _step(chart) for n in (HOUR_STEPS if chart.by_hour else DAY_STEPS)]
    step = next((one for one in steps if last - first < MOST_TICKS * one), last - first)
    if chart.by_hour:
        first += -(first - EPOCH) % step
    return [first + number * step for number in range((last - first) // step + 1)]


def _x(at: datetime) -> float:
    from matplotlib import dates

    return float(dates.date2num(at))


def _unit(unit: str) -> str:
    return {"%": "percent"}.get(unit, unit)


def _tick(value: float, unit: str) -> str:
    size = abs(value)
    for bound, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if size >= bound:
            told = f"{value / (1e3 if letter == 'k' else bound):,.4g}{letter}"
            break
    else:
        told = f"{value:,.4g}"
    return f"{told}%" if unit == "%" else f"{text(SYMBOLS.get(unit, ''))}{told}"


def shortened(told: str, most: int) -> str:
    """At most so many characters; what is cut ends in an ellipsis."""
    return told if len(told) <= most else told[: most - 1].rstrip() + "…"


@cache
def _drawable() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(FONT)).get_charmap())


def text(told: str) -> str:
    """What the font has; a sign that it lacks would be a box and a warning."""
    line = " ".join(told.split())
    return "".join(sign if ord(sign) in _drawable() else "?" for sign in line)
