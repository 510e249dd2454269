"""Hourly counts of streams added up into the buckets and groups a vendor was asked for."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime

import numpy as np

from sandbox.company import Company
from sandbox.paging import Span
from sandbox.timeline import SECONDS_PER_HOUR
from sandbox.traffic import IntArray

WIDTH_SECONDS = {"1m": 60, "1h": 3600, "1d": 86400}

_MINUTES = 60


def bucket_counts(company: Company, streams: Sequence[int], span: Span, now: datetime) -> IntArray:
    """Counts as reported at `now`, shape (measures, streams, buckets).

    Hours that start at or after the end of the report stay empty. Storage is a level: a bucket shows its
    highest.
    """
    first_hour = span.start // SECONDS_PER_HOUR
    last_hour = -(-span.next_start // SECONDS_PER_HOUR)
    hourly = company.counts(streams, first_hour, last_hour, now)
    hourly[:, :, max(0, -(-span.end // SECONDS_PER_HOUR) - first_hour) :] = 0
    levels = [bool(company.streams[index].traffic.storage_blocks) for index in streams]
    if span.width < SECONDS_PER_HOUR:
        minutes = _spread_over_minutes(hourly, np.array(levels, dtype=bool))
        offset = span.start // span.width - first_hour * _MINUTES
        return minutes[:, :, offset : offset + span.count]
    hours_per_bucket = span.width // SECONDS_PER_HOUR
    shaped = hourly.reshape(*hourly.shape[:2], span.count, hours_per_bucket)
    total: IntArray = shaped.sum(axis=3)
    total[:, levels] = shaped[:, levels].max(axis=3)
    return total


def group_streams(keys: Sequence[Hashable]) -> tuple[IntArray, list[int]]:
    """(group number of each stream, position of the first stream of each group) for equal keys."""
    numbers: dict[Hashable, int] = {}
    first: list[int] = []
    for position, key in enumerate(keys):
        if key not in numbers:
            numbers[key] = len(first)
            first.append(position)
    return np.array([numbers[key] for key in keys], dtype=np.int64), first


def add_groups(counts: IntArray, groups: IntArray, group_count: int) -> IntArray:
    """Sum the streams of each group: (…, streams, buckets) becomes (…, groups, buckets)."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(group_count))
    total: IntArray = np.add.reduceat(counts[..., order, :], starts, axis=-2)
    return total


def _spread_over_minutes(hourly: IntArray, levels: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> IntArray:
    """Whole numbers per minute that add up to the hour exactly."""
    upto = np.arange(_MINUTES + 1, dtype=np.int64)
    running = hourly[..., None] * upto // _MINUTES
    minutes: IntArray = np.diff(running, axis=-1)
    minutes[:, levels] = hourly[:, levels, :, None]
    return minutes.reshape(*hourly.shape[:2], -1)
