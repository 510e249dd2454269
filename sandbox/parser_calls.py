"""Calls of the contract parser, a small model that the company runs itself: first tries, failures, retries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

from sandbox.catalog import PRODUCTION, SONNET
from sandbox.company import Company
from sandbox.timeline import HOURS_PER_DAY, SECONDS_PER_HOUR, epoch_day
from sandbox.traffic import FloatArray, IntArray, stream_key, uniform

PARSER_FEATURE = "contract-review"

_REVIEWS_PER_CONTRACT = 70.0
"""How many calls of the model that reviews follow one parsed contract."""
_FAILURE_RATE = 0.07
_TRIES = 3
_MILLISECONDS = (38_000, 92_000)
_TIMEOUT_MILLISECONDS = 180_000
_TIMED_OUT, _UNAVAILABLE, _OK = 504, 503, 200
_PAUSE_MILLISECONDS = 5_000
_ARRIVE_WITHIN_MILLISECONDS = 50 * 60_000
"""Every try ends within the contract's hour, so a day holds all tries of its contracts."""

LOG_COLUMNS = ("time", "contract", "status", "milliseconds")


@dataclass(frozen=True)
class ParserCalls:
    """One value per call, in order of contract and try."""

    hours: IntArray
    """Hours since the epoch; the other times count from there."""
    started_milliseconds: IntArray
    contracts: IntArray
    """Number of the contract within its hour."""
    tries: IntArray
    statuses: IntArray
    milliseconds: IntArray


def parser_calls(company: Company, start: date, end: date) -> ParserCalls:
    """Every call for a contract that arrived in the UTC days [start, end)."""
    first, last = epoch_day(start) * HOURS_PER_DAY, epoch_day(end) * HOURS_PER_DAY
    arrived = np.floor(_reviews(company, first, last) / _REVIEWS_PER_CONTRACT).astype(np.int64)
    hours = np.repeat(np.arange(first, last, dtype=np.int64), arrived)
    contracts = np.arange(hours.size) - np.repeat(np.cumsum(arrived) - arrived, arrived)
    key = stream_key(company.seed, "contract-parser")
    ids = hours * 10_000 + contracts
    at = (uniform(key, 1, ids) * _ARRIVE_WITHIN_MILLISECONDS).astype(np.int64)
    waiting = np.ones(hours.size, dtype=bool)
    tries: list[tuple[IntArray, ...]] = []
    for number in range(_TRIES):
        failed = uniform(key, 10 + number, ids) < _FAILURE_RATE
        statuses, lasted = _answers(key, number, ids, failed)
        made = (hours, at, contracts, np.full(hours.size, number), statuses, lasted)
        tries.append(tuple(column[waiting] for column in made))
        at = at + lasted + _PAUSE_MILLISECONDS
        waiting &= failed
    return _in_order(tries)


def log_rows(calls: ParserCalls) -> Iterator[tuple[str, str, int, int]]:
    """The calls under LOG_COLUMNS, in order of time."""
    started = calls.hours * SECONDS_PER_HOUR * 1000 + calls.started_milliseconds
    for number in np.argsort(started, kind="stable").tolist():
        moment = datetime.fromtimestamp(int(started[number]) / 1000, tz=UTC)
        contract = f"contract-{calls.hours[number]}-{calls.contracts[number]}"
        yield (
            moment.isoformat(timespec="milliseconds"),
            contract,
            int(calls.statuses[number]),
            int(calls.milliseconds[number]),
        )


def _reviews(company: Company, first: int, last: int) -> FloatArray:
    wanted = [
        stream.index
        for stream in company.streams
        if (stream.feature, stream.model, stream.environment) == (PARSER_FEATURE, SONNET, PRODUCTION)
    ]
    return np.asarray(company.final_counts(first, last)[0, wanted].sum(axis=0), dtype=np.float64)


def _answers(key: np.uint64, number: int, ids: IntArray, failed: npt.NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    timed_out = failed & (uniform(key, 20 + number, ids) < 0.4)
    statuses = np.where(failed, np.where(timed_out, _TIMED_OUT, _UNAVAILABLE), _OK)
    low, high = _MILLISECONDS
    lasted = (low + (high - low) * uniform(key, 30 + number, ids)).astype(np.int64)
    return statuses, np.where(timed_out, _TIMEOUT_MILLISECONDS, lasted)


def _in_order(tries: list[tuple[IntArray, ...]]) -> ParserCalls:
    columns = [np.concatenate(column) for column in zip(*tries, strict=True)]
    order = np.lexsort((columns[3], columns[2], columns[0]))
    return ParserCalls(*(column[order] for column in columns))
