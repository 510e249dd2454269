"""Which groups of people are too small to be shown, and which others would let one work such a group out."""

from collections.abc import Sequence

DEFAULT_LEAST = 5
LEAST_ALLOWED = 3
"""Of two, each knows what the other said."""
ROUNDING = 1e-6
"""Parts of posts are added up in binary fractions."""


def too_small(everybody: float | None, sizes: Sequence[float], least: float) -> tuple[set[int], set[int]]:
    """Places of the groups with fewer than `least`, and of those to leave out beside them.

    `sizes` are those of groups that share nobody; `everybody` is the size of all together, None when it is not shown.
    All together less the groups that are shown is a group, too: as long as it is smaller than `least`, the next
    smallest group is left out. Where the groups together are more than all, some share people, so each could be worked
    out from others: none is shown.
    """
    small = {place for place, size in enumerate(sizes) if size < least}
    if everybody is None or everybody < least:
        return small, set()
    if sum(sizes) > everybody + ROUNDING:
        return small, set(range(len(sizes))) - small
    beside: set[int] = set()
    shown = sorted((place for place in range(len(sizes)) if place not in small), key=lambda place: -sizes[place])
    while shown and ROUNDING < everybody - sum(sizes[place] for place in shown) < least - ROUNDING:
        beside.add(shown.pop())
    return small, beside
