"""Cards with one number each; what is unknown is an en dash with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

CARD_WIDTH = 155
"""Pixels: four cards beside each other on a desk, two on a phone."""
WIDE = 240
"""Pixels of a card whose note must be read whole: five on a desk, one on a phone."""


@dataclass(frozen=True, slots=True)
class Card:
    """`delta` is text with its sign; `rise_is_bad` colours it; `note` stands below, `trend` draws a sparkline."""

    label: str
    value: str
    delta: str | None = None
    note: str | None = None
    rise_is_bad: bool | None = None
    trend: Sequence[float | None] | None = None
    help: str | None = None


def draw(cards: Sequence[Card], width: int = CARD_WIDTH) -> None:
    """A row of cards that wraps, each at least `width` pixels. Static: fits into cached sections."""
    grid = st.grid(len(cards), min_column_width=width)
    for card in cards:
        options: dict[str, Any] = {}
        known = [value for value in card.trend or () if value is not None]
        if known:
            options = {"chart_data": known, "chart_type": "area"}
        grid.metric(
            card.label,
            card.value,
            card.delta,
            delta_color=_color(card),
            delta_arrow="auto" if card.delta and card.delta[0] in "+-" else "off",
            delta_description=card.note,
            help=card.help,
            border=True,
            height="stretch",
            **options,
        )


def _color(card: Card) -> Any:
    if card.rise_is_bad is None or not card.delta or card.delta[0] not in "+-":
        return "off"
    return "inverse" if card.rise_is_bad else "normal"
