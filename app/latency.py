"""Bucket counts of latency as matrices, and what they say. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app import format as fmt
from domain.slo.buckets import ladder
from domain.slo.percentiles import percentiles

SHARES = (0.5, 0.95, 0.99)
MEASURES = {"duration": "Whole answer", "time_to_first_token": "First token"}
OWNERS = {"feature": "Feature", "team": "Team"}
LEVELS = {"service": "Service", "model": "Model", "provider": "Provider", **OWNERS}

Key = tuple[Any, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for; whole hours."""

    before: datetime
    start: datetime
    end: datetime
    measure: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]

    def params(self) -> dict[str, Any]:
        """Parameters that the queries share."""
        return {"end": self.end, **dict(self.filters)}


@dataclass(frozen=True)
class Buckets:
    """Counts of requests: `keys` × `edges`, the upper edges in seconds; the last may be infinite."""

    keys: Sequence[Key]
    edges: Sequence[float]
    counts: NDArray[np.int64]

    @cached_property
    def percentiles(self) -> Floats:
        """Keys × SHARES in seconds; NaN of no requests."""
        return percentiles(self.edges, self.counts, SHARES)

    @cached_property
    def total(self) -> "Buckets":
        """All keys as one."""
        return Buckets([("all",)], self.edges, self.counts.sum(axis=0, keepdims=True))

    @property
    def requests(self) -> int:
        """How many are counted."""
        return int(self.counts.sum())

    def only(self, *key: Any) -> "Buckets":
        """The keys that begin with these values."""
        kept = [place for place, found in enumerate(self.keys) if found[: len(key)] == key]
        return Buckets([self.keys[place][len(key) :] for place in kept], self.edges, self.counts[kept])


def buckets(table: pa.Table, *names: str) -> Buckets:
    """Rows of a latency query by the columns of these names, in their order; every edge of our ladder is there."""
    columns = [table[name].to_pylist() for name in names]
    rows = list(zip(*columns, strict=True))
    keys = list(dict.fromkeys(rows))
    places = {key: place for place, key in enumerate(keys)}
    le_seconds = table["le_seconds"].to_numpy()
    edges = np.unique(np.concatenate([np.array([float(edge) for edge in ladder()]), le_seconds]))
    counts = np.zeros((len(keys), len(edges)), dtype=np.int64)
    at = np.array([places[row] for row in rows], dtype=np.int64)
    np.add.at(counts, (at, np.searchsorted(edges, le_seconds)), table["request_count"].to_numpy())
    return Buckets(keys, edges.tolist(), counts)


def headline(found: Buckets, measure: str) -> str:
    """What half and nearly all of the requests take."""
    if not found.requests:
        return "No answered request was timed in this period"
    half, most, _ = found.total.percentiles[0]
    done = "begin to be answered" if measure == "time_to_first_token" else "are answered"
    return f"Half of the requests {done} within {fmt.seconds(half)}, 95% within {fmt.seconds(most)}"


def items(found: Buckets) -> list[str]:
    """The items of rows keyed (span, item, measure) that were timed in the span, the most requests first."""
    now = found.only("now")
    return sorted(dict.fromkeys(item for item, _ in now.keys), key=lambda item: -now.only(item).requests)


def table(found: Buckets, name_of: Callable[[str], str]) -> pa.Table:
    """One row per item of rows keyed (span, item, measure): percentiles now, and P95 against the span before."""
    now, before = found.only("now"), found.only("before")
    rows = [_row(name_of(item), now.only(item), before.only(item)) for item in items(found)]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_RATIOS = ("p50", "p95", "p99", "p95_change", "first_p50", "first_p95")
_FIELDS: "list[pa.Field[Any]]" = [pa.field("item", pa.string()), pa.field("requests", pa.int64())]
_SCHEMA = pa.schema([*_FIELDS, *(pa.field(name, pa.float64()) for name in _RATIOS)])


def _row(name: str, now: Buckets, before: Buckets) -> Mapping[str, Any]:
    whole, first = now.only("duration"), now.only("time_to_first_token")
    p50, p95, p99 = _of(whole)
    _, earlier, _ = _of(before.only("duration"))
    first_p50, first_p95, _ = _of(first)
    return {
        "item": name,
        "requests": max(whole.requests, first.requests),
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "p95_change": fmt.change(p95, earlier),
        "first_p50": first_p50,
        "first_p95": first_p95,
    }


def _of(found: Buckets) -> tuple[float | None, float | None, float | None]:
    """Median, P95 and P99 of all; None of no requests."""
    if not found.requests:
        return None, None, None
    half, most, nearly_all = found.total.percentiles[0].tolist()
    return half, most, nearly_all


def moments(found: Buckets) -> list[datetime]:
    """The hours or days of rows keyed (moment,)."""
    return [moment for (moment,) in found.keys]
