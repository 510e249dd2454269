"""Where the lines of a small trend lie. Pure geometry: y grows upwards, (0, 0) is the lower left corner."""

from collections.abc import Sequence
from dataclasses import dataclass

EDGE = 3.0
"""Room for the dot at the end."""

At = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """`runs` are unbroken stretches (a gap was not measured), `last` the newest known point, `marks` heights."""

    width: float
    height: float
    runs: tuple[tuple[At, ...], ...]
    last: At | None
    marks: tuple[float, ...]


def shape(values: Sequence[float | None], marks: Sequence[float], width: float, height: float) -> Shape:
    """Values from left to right; the scale holds all of them and the marks, and does not begin at zero."""
    known = [value for value in values if value is not None]
    if not known:
        return Shape(width, height, (), None, ())
    low, high = min(*known, *marks, known[0]), max(*known, *marks, known[0])
    step = (width - 2 * EDGE) / max(1, len(values) - 1)

    def up(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(EDGE + share * (height - 2 * EDGE), 2)

    runs: list[tuple[At, ...]] = []
    run: list[At] = []
    for number, value in enumerate([*values, None]):
        if value is not None:
            run.append((round(EDGE + number * step, 2), up(value)))
        elif run:
            runs.append(tuple(run))
            run = []
    return Shape(width, height, tuple(runs), runs[-1][-1], tuple(up(mark) for mark in marks))
