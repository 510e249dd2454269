"""Judged days as rows of the table `anomaly_day`, column by column."""

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from alerts.detection.judge import Judged
from alerts.detection.memory import in_days, in_microseconds
from domain.forecast.series import Values
from store.schema import arrow_schema
from store.tables import AnomalyDay

STATES = ("scored", "learning", "planned")


def batch(judged: Judged, metric: str, scope_type: str, unit: str, now: datetime) -> pa.RecordBatch:
    """One row per judged day."""
    rows, columns = np.nonzero(judged.cells)
    at = rows, columns
    scores = judged.scores
    state = np.select([judged.planned[at], scores.learning[at]], [2, 1], 0)
    told = _alerted(judged, rows, columns)
    base = None if judged.part.base is None else judged.part.base[:, judged.since :][at]
    past = scores.past
    values: dict[str, Any] = {
        "metric": _same(metric, len(rows)),
        "scope_type": _same(scope_type, len(rows)),
        "scope": pa.array(judged.part.scopes, pa.string()).take(rows),
        "unit": _same(unit, len(rows)),
        "day": pa.array((columns + judged.since + in_days(judged.part.first_day)).astype(np.int32)).cast(pa.date32()),
        "state": pa.array(STATES, pa.string()).take(state),
        "score": _known(scores.score[at]),
        "threshold": _known(judged.threshold[at]),
        "actual": _known(judged.actual[at]),
        "expected": _known(judged.expected[at]),
        "base_count": pa.nulls(len(rows), pa.int64()) if base is None else _known(base).cast(pa.int64()),
        "is_alerting": pa.array(judged.alerting[at]),
        "first_scored_at": _moments(judged.first_scored_at[at]),
        "scored_at": _moments(np.full(len(rows), in_microseconds(now), dtype=np.int64)),
        **told,
        **{
            name: pa.nulls(len(rows), pa.float64())
            if past is None
            else _known(getattr(past, name)[:, judged.since :][at])
            for name in ("error", "shift", "moved")
        },
    }
    schema = arrow_schema(AnomalyDay)
    return pa.RecordBatch.from_arrays([values[field.name] for field in schema], schema=schema)


def _alerted(judged: Judged, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> dict[str, Any]:
    """The incident and the withdrawal of the few days that have one."""
    places = np.full(judged.cells.shape, -1, dtype=np.int64)
    places[rows, columns] = np.arange(len(rows))
    incident_on: list[Any] = [None] * len(rows)
    withdrawn_at: list[Any] = [None] * len(rows)
    for (row, column), one in judged.alerted.items():
        place = places[row, column - judged.since]
        incident_on[place], withdrawn_at[place] = one.incident_on, one.withdrawn_at
    moments = [at.replace(tzinfo=None) if at else None for at in withdrawn_at]
    return {"incident_on": pa.array(incident_on, pa.date32()), "withdrawn_at": pa.array(moments, pa.timestamp("us"))}


def _same(text: str, count: int) -> Any:
    return pa.array([text], pa.string()).take(np.zeros(count, dtype=np.int64))


def _known(values: Values) -> Any:
    return pa.array(values, pa.float64(), from_pandas=True)


def _moments(microseconds: NDArray[np.int64]) -> Any:
    return pa.array(microseconds, pa.int64()).cast(pa.timestamp("us"))
