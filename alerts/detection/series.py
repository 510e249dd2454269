"""The rows of a query as series × days: one column per day, one row per scope, and to which day each is complete."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from alerts.detection.metrics import Metric
from domain.anomaly.unit_cost import cost_per_request
from domain.forecast.series import Values, started
from domain.slo.buckets import ladder
from domain.slo.percentiles import percentiles

EPOCH = date(1970, 1, 1)
SHARE = 0.95

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """One metric of all scopes of one kind. `values` and `base` are series × days, NaN where unknown.

    `known_to` is per series the column that its data are complete up to: from there on all is unknown.
    A rate's values are bad events.
    """

    scopes: Sequence[str]
    first_day: date
    known_to: Places
    values: Values
    base: Values | None

    @property
    def days(self) -> int:
        """Columns."""
        return int(self.values.shape[1])

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """Series × days that can be judged."""
        known: NDArray[np.bool_] = ~np.isnan(self.values)
        return known

    def rows(self, places: Places) -> "Block":
        """Some of the series."""
        return replace(
            self,
            scopes=[self.scopes[place] for place in places.tolist()],
            known_to=self.known_to[places],
            values=self.values[places],
            base=None if self.base is None else self.base[places],
        )


def block(table: pa.Table, metric: Metric, first_day: date, days: int) -> Block:
    """The series of one metric from rows by scope and day. Scopes that were never told to be complete are left out."""
    told = table.filter(pc.is_valid(table["known_to"]))
    columns, ends = (columns_of(told[name], first_day) for name in ("day", "known_to"))
    return placed(told, metric, first_day, columns, ends, days)


def placed(
    told: pa.Table, metric: Metric, first_day: date, columns: Places, known_to_columns: Places, length: int
) -> Block:
    """The series of rows that are known to belong to these columns, days or hours, of `length`."""
    scopes, rows = places_of(told["scope"])
    known_to = np.zeros(len(scopes), dtype=np.int64)
    known_to[rows] = known_to_columns
    known_to = np.clip(known_to, 0, length)
    shape = (len(scopes), length)
    base = None
    if metric.form == "percentile":
        values, base = _percentile(told, metric.value, str(metric.base), rows, columns, shape)
    else:
        values = _matrix(told[metric.value], rows, columns, shape)
        base = None if metric.base is None else _matrix(told[metric.base], rows, columns, shape)
    if metric.form == "amount":
        values = _without_gaps(values, rows, columns)
    elif metric.form == "ratio" and base is not None:
        values = cost_per_request(values, base)
    elif metric.form == "rate" and base is not None:
        values = np.where(base > 0, values, np.nan)
    complete = np.arange(length) < known_to[:, np.newaxis]
    values = np.where(complete & (values >= 0), values, np.nan)
    return Block(scopes, first_day, known_to, values if metric.form == "rate" else started(values), base)


def places_of(column: "pa.ChunkedArray[Any]") -> tuple[list[str], Places]:
    """The different texts of a column, and for each row which of them it has."""
    coded = column.combine_chunks().dictionary_encode()
    texts: list[str] = [str(text) for text in coded.dictionary.to_pylist()]
    return texts, coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def columns_of(days: "pa.ChunkedArray[Any]", first_day: date) -> Places:
    """Days as columns from `first_day` on."""
    numbers: Places = days.cast(pa.int32()).to_numpy().astype(np.int64) - (first_day - EPOCH).days
    return numbers


def _matrix(column: "pa.ChunkedArray[Any]", rows: Places, columns: Places, shape: tuple[int, int]) -> Values:
    values = np.full(shape, np.nan)
    values[rows, columns] = column.cast(pa.float64()).to_numpy()
    return values


def _without_gaps(values: Values, rows: Places, columns: Places) -> Values:
    """A complete day without a row is 0; a row that tells nothing stays unknown."""
    has_row = np.zeros(values.shape, dtype=bool)
    has_row[rows, columns] = True
    return np.where(has_row, values, 0.0)


def _percentile(
    table: pa.Table, upto: str, counted: str, rows: Places, columns: Places, shape: tuple[int, int]
) -> tuple[Values, Values]:
    """The 95th percentile of each day from counts by bucket, and how many were counted."""
    seconds = table[upto].to_numpy()
    edges = np.unique(np.concatenate([[float(edge) for edge in ladder()], seconds]))
    counts = np.zeros((shape[0] * shape[1], len(edges)), dtype=np.int64)
    np.add.at(counts, (rows * shape[1] + columns, np.searchsorted(edges, seconds)), table[counted].to_numpy())
    found = percentiles(edges.tolist(), counts, [SHARE])[:, 0].reshape(shape)
    return found, counts.sum(axis=1).reshape(shape).astype(np.float64)
