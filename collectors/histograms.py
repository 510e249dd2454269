"""Classic and native histograms of a Prometheus answer as cumulative counts by edge."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from collectors.errors import DataError
from collectors.prometheus_api import Series

INFINITY = Decimal("Infinity")


class Cumulative(dict[Decimal, Decimal]):
    """Edge in the histogram's unit → how many lasted at most that; the last edge is infinity.

    `is_native`: the edges are powers that fall anywhere, and only those of buckets that hold something are told.
    """

    is_native = False


def by_time(series: Iterable[Series]) -> dict[datetime, Cumulative]:
    """Every histogram by the end of its step, those of several series added up: classic by their edges, native by
    their buckets. Raises DataError when one step has both kinds, whose edges do not meet."""
    classic: dict[datetime, Cumulative] = {}
    native: dict[datetime, list[tuple[Decimal, Decimal, Decimal]]] = {}
    for one in series:
        if "le" in one.labels:
            edge = Decimal(one.labels["le"])
            for moment, count in one.counts.items():
                at = classic.setdefault(moment, Cumulative())
                at[edge] = at.get(edge, Decimal(0)) + count
        for moment, buckets in one.buckets.items():
            native.setdefault(moment, []).extend(buckets)
    mixed = classic.keys() & native.keys()
    if mixed:
        raise DataError(f"{min(mixed):%Y-%m-%d %H:%M} UTC has classic and native histograms; ask for one kind")
    return classic | {moment: cumulative(parts) for moment, parts in native.items()}


def cumulative(buckets: Sequence[tuple[Decimal, Decimal, Decimal]]) -> Cumulative:
    """The buckets of native histograms added up from the left, with infinity as the last edge."""
    found = Cumulative()
    found.is_native = True
    total = Decimal(0)
    for _, right, count in sorted(buckets, key=lambda bucket: bucket[1]):
        total += count
        found[right] = total
    found[INFINITY] = total
    return found


def at_most(found: Cumulative, edge: Decimal) -> Decimal:
    """How many lasted at most this, counting whole buckets only: what lies in the bucket around it counts as longer."""
    return max((count for other, count in found.items() if other <= edge), default=Decimal(0))
