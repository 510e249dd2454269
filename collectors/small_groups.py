"""Keeps measurements of small groups of people out of the store."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from collectors.base import SourceSettings
from domain.measures import people_field
from domain.small_groups import DEFAULT_LEAST, LEAST_ALLOWED, too_small
from store.tables import Measurement


class PeopleSettings(SourceSettings):
    """`min_group_size`: a group of fewer people is not stored, nor one that would let it be worked out."""

    min_group_size: int = Field(default=DEFAULT_LEAST, ge=LEAST_ALLOWED, le=1000)


def small_groups(rows: Sequence[Measurement], settings: Any) -> dict[int, str]:
    """The place of each measurement that must not be stored, and why. The reason names no number of people."""
    least: int = settings.min_group_size
    together: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if _size(row) is not None:
            together[row.metric, row.period_start, row.period_end].append(place)
    found: dict[int, str] = {}
    for places in together.values():
        sizes = {place: _size(rows[place]) or 0.0 for place in places}
        everybody = next((sizes[place] for place in places if rows[place].group_name is None), None)
        groups = [place for place in places if rows[place].group_name is not None]
        small, beside = too_small(everybody, [sizes[place] for place in groups], least)
        alone = [place for place in places if rows[place].group_name is None and sizes[place] < least]
        found |= dict.fromkeys([*alone, *(groups[at] for at in small)], f"the group has fewer than {least} people")
        found |= dict.fromkeys(
            [groups[at] for at in beside], "with this group a smaller one could be worked out from everybody"
        )
    return found


def _size(row: Measurement) -> float | None:
    field = people_field(row.metric)
    return None if field is None else getattr(row, field)
