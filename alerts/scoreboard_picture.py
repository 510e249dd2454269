"""Draws a scorecard as PNG: a line per KPI with sign, word and colour, its value, target and trend."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from alerts.picture import ACTUAL, DOTS_PER_INCH, GRID, INK, shortened, text
from alerts.scoreboard import Scoreboard, Standing
from domain.kpi.reading import Status

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, LINE, HEAD, FOOT = 900, 34, 78, 12
"""Pixels. Slack shows at most 360 of them in width on a phone, and all of them on a desk."""
MOST_LINES = 30
COLORS = {
    Status.MISSED: "#A3200D",
    Status.AT_RISK: "#7A4D00",
    Status.MET: "#0B5D3B",
    Status.NOT_ENOUGH: "#555C66",
    Status.NO_DATA: "#555C66",
}
"""Dark enough to be read on white; sign and word say the same."""
TINTS = {Status.MISSED: "#FBE9E6", Status.AT_RISK: "#FDF3DC"}
"""Behind what needs somebody."""
STATUS_AT, NAME_AT, VALUE_AT, TARGET_AT, TREND_AT = 16, 204, 556, 572, 796
NAME_CHARACTERS, TARGET_CHARACTERS = 26, 33
LETTERS, TITLE_LETTERS, HEAD_LETTERS = 11.5, 15, 9.5
"""Points, at 100 dots an inch."""
TREND_WIDTH = 88


def scoreboard_png(board: Scoreboard) -> bytes:
    """The picture; of more than thirty KPIs the first thirty, and how many are left out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = board.lines[:MOST_LINES]
    left = len(board.lines) - len(shown)
    height = HEAD + LINE * (len(shown) + bool(left)) + FOOT
    figure = Figure(figsize=(WIDTH / DOTS_PER_INCH, height / DOTS_PER_INCH), dpi=DOTS_PER_INCH)
    figure.set_facecolor("white")
    pen = _Pen(figure, height)
    pen.write(STATUS_AT, 26, shortened(board.title, 70), size=TITLE_LETTERS, bold=True)
    for at, word, side in (
        (STATUS_AT, "Status", "left"),
        (NAME_AT, "KPI", "left"),
        (VALUE_AT, "Value", "right"),
        (TARGET_AT, "Target", "left"),
        (TREND_AT, "Trend", "left"),
    ):
        pen.write(at, HEAD - 16, word, size=HEAD_LETTERS, color="#555C66", side=side)
    for number, one in enumerate(shown):
        _draw(pen, one, HEAD + LINE * number)
    if left:
        pen.write(NAME_AT, HEAD + LINE * (len(shown) + 0.5), f"and {left} more", color="#555C66")
    drawn = BytesIO()
    FigureCanvasAgg(figure).print_png(drawn)
    return drawn.getvalue()


class _Pen:
    """Writes and draws in pixels from the upper left corner."""

    def __init__(self, figure: Figure, height: float) -> None:
        self.figure, self.height = figure, height

    def write(
        self,
        x: float,
        y: float,
        told: str,
        *,
        size: float = LETTERS,
        color: str = INK,
        bold: bool = False,
        side: str = "left",
    ) -> None:
        self.figure.text(
            x / WIDTH,
            1 - y / self.height,
            text(told),
            fontsize=size,
            color=color,
            fontweight="bold" if bold else "normal",
            ha=side,
            va="center_baseline",
            parse_math=False,
        )

    def line(self, points: list[tuple[float, float]], color: str, width: float) -> None:
        from matplotlib.lines import Line2D

        xs, ys = [x / WIDTH for x, _ in points], [1 - y / self.height for _, y in points]
        self.figure.add_artist(Line2D(xs, ys, color=color, linewidth=width, solid_capstyle="round"))

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        from matplotlib.patches import Rectangle

        corner = (x / WIDTH, 1 - (y + height) / self.height)
        self.figure.add_artist(
            Rectangle(corner, width / WIDTH, height / self.height, facecolor=color, linewidth=0, zorder=0)
        )

    def dot(self, x: float, y: float, color: str) -> None:
        from matplotlib.lines import Line2D

        self.figure.add_artist(
            Line2D([x / WIDTH], [1 - y / self.height], color=color, marker="o", markersize=4.5, linestyle="none")
        )


def _draw(pen: _Pen, one: Standing, top: float) -> None:
    status, middle = Status(one.status), top + LINE / 2
    color = COLORS[status]
    if status in TINTS:
        pen.box(0, top, WIDTH, LINE, TINTS[status])
    pen.line([(STATUS_AT, top + LINE), (WIDTH - STATUS_AT, top + LINE)], GRID, 0.8)
    pen.write(STATUS_AT, middle, one.standing, color=color, bold=True)
    pen.write(NAME_AT, middle, shortened(one.name, NAME_CHARACTERS), bold=True)
    pen.write(VALUE_AT, middle, one.value, side="right")
    pen.write(TARGET_AT, middle, shortened(one.target, TARGET_CHARACTERS), size=HEAD_LETTERS, color="#555C66")
    _trend(pen, one.trend, top)


def _trend(pen: _Pen, values: tuple[float | None, ...], top: float) -> None:
    known = [value for value in values if value is not None]
    if not known:
        return
    low, high, room = min(known), max(known), LINE - 16
    step = TREND_WIDTH / max(1, len(values) - 1)

    def at(number: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return TREND_AT + number * step, top + 8 + (1 - share) * room

    run: list[tuple[float, float]] = []
    for number, value in enumerate([*values, None]):
        if value is not None:
            run.append(at(number, value))
        elif run:
            pen.line(run, ACTUAL, 1.6)
            newest, run = run[-1], []
    pen.dot(*newest, ACTUAL)
