"""A figure that plotly sends as it is."""

from typing import Any

from plotly.basedatatypes import BaseFigure


class FinishedFigure(BaseFigure):  # type: ignore[misc]  # plotly has no types
    """A plotly dict that is known to be right: plotly would take 10 ms to check and copy it at every drawing.

    The tests of the charts let plotly check each of them.
    """

    def __init__(self, figure: dict[str, Any]) -> None:  # the base class would check and copy
        self._figure = figure

    def to_dict(self) -> dict[str, Any]:
        """The dict itself."""
        return self._figure
