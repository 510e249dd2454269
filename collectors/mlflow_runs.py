"""Asks an MLflow tracking server for runs, page by page, and reads what a run says of itself."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.base import Api
from collectors.errors import DataError, FatalError
from collectors.fields import Row, count, part, parts, required_text, row_of, text
from domain.window import Window

RUNS = "/api/2.0/mlflow/runs/search"
EXPERIMENTS = "/api/2.0/mlflow/experiments/search"
PAGE = 1000
"""What the server gives unless it is told; it takes up to 50,000."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def experiment_ids(api: Api, wanted: Sequence[str]) -> list[str]:
    """The ids of experiments that are named by id or by name. Raises FatalError for one the server does not have."""
    where = f"{api.name} {EXPERIMENTS}"
    known: dict[str, str] = {}
    for row in _pages(api, EXPERIMENTS, "experiments", {}):
        key = required_text(row, "experiment_id", where)
        known |= {required_text(row, "name", where): key, key: known.get(key, key)}
    absent = [name for name in wanted if name not in known]
    if absent:
        raise FatalError(f"{api.name}: the server has no experiment {absent[0]!r}; correct `experiments`")
    return sorted({known[name] for name in wanted})


def finished_runs(api: Api, experiments: Sequence[str], window: Window) -> Iterator[Row]:
    """Every finished run that ended in the window, once, in order of its end. Raises CollectorError.

    A page begins at an offset, so the order is that in which runs are added: a new one moves none of the others.
    """
    first, last = (window.start - _EPOCH) // _MILLISECOND, -((_EPOCH - window.end) // _MILLISECOND)
    asked = {
        "experiment_ids": list(experiments),
        "filter": f"attributes.status = 'FINISHED' AND attributes.end_time >= {first} AND attributes.end_time < {last}",
        "run_view_type": "ACTIVE_ONLY",
        "order_by": ["attributes.end_time ASC"],
    }
    where = f"{api.name} {RUNS}"
    seen: set[str] = set()
    for run in _pages(api, RUNS, "runs", asked):
        key = required_text(part(run, "info", where), "run_id", where)
        ended = ended_at(run, where)
        if key not in seen and ended is not None and window.start <= ended < window.end:
            seen.add(key)
            yield run


def ended_at(run: Row, where: str) -> datetime | None:
    """When a run ended; None for one that runs, or was killed."""
    info = part(run, "info", where)
    return None if info.get("end_time") is None else _EPOCH + count(info, "end_time", where) * _MILLISECOND


def metrics_of(run: Row, where: str) -> dict[str, float | None]:
    """The last value of each metric; None where it is no finite number. Raises DataError."""
    found = parts(part(run, "data", where), "metrics", where)
    return {required_text(metric, "key", where): _finite(metric, where) for metric in found}


def labels_of(run: Row, where: str) -> dict[str, str]:
    """Its parameters and tags by name; a tag goes before a parameter of the same name."""
    data = part(run, "data", where)
    told = [*parts(data, "params", where), *parts(data, "tags", where)]
    return {required_text(one, "key", where): text(one, "value", where) or "" for one in told}


def _finite(metric: Row, where: str) -> float | None:
    """The server writes NaN as text and infinity as the largest double."""
    value = metric.get("value")
    if value in ("NaN", "Infinity", "-Infinity"):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DataError(f"{where}: the metric {metric.get('key')} is {value!r:.60} where a number belongs")
    return float(value) if abs(value) < sys.float_info.max else None


def _pages(api: Api, path: str, name: str, asked: dict[str, Any]) -> Iterator[Row]:
    where = f"{api.name} {path}"
    body = {**asked, "max_results": PAGE}
    seen: set[str] = set()
    while True:
        page = row_of(api.http.ask_json(path, body), where)
        yield from parts(page, name, where)
        following = text(page, "next_page_token", where)
        if following is None:
            return
        if following in seen:
            raise DataError(f"{where}: the page token came twice, so the list would never end")
        seen.add(following)
        body = {**body, "page_token": following}
