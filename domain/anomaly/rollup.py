"""One alert for the highest level that fires: organisation, team, feature, model."""

from collections.abc import Collection, Mapping


def rolled_up(firing: Collection[str], parents: Mapping[str, str]) -> dict[str, list[str]]:
    """The highest firing series of each branch, with the firing ones below it, both in the order given.

    `parents` names what stands above a series; the topmost has none. Raises ValueError when it runs in a circle.
    """
    alight = set(firing)
    tops = {series: _highest(series, alight, parents) for series in firing}
    found: dict[str, list[str]] = {top: [] for series, top in tops.items() if series == top}
    for series, top in tops.items():
        if series != top:
            found[top].append(series)
    return found


def _highest(series: str, alight: Collection[str], parents: Mapping[str, str]) -> str:
    highest, above, seen = series, series, {series}
    while above in parents:
        above = parents[above]
        if above in seen:
            raise ValueError(f"the levels above {series!r} run in a circle at {above!r}")
        seen.add(above)
        if above in alight:
            highest = above
    return highest
