"""Hourly counts of a stream: seasonality × growth × events × noise, each a pure function of the hour.

Noise is hashed from (seed, stream, hour) instead of drawn in sequence, so any window of time gives the same
numbers as any longer window around it.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sandbox.events import event_factor
from sandbox.streams import Stream

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


class Measure(IntEnum):
    """First axis of every count array. The token kinds are disjoint."""

    REQUESTS = 0
    UNCACHED = 1
    CACHE_READ = 2
    CACHE_WRITE_5M = 3
    CACHE_WRITE_1H = 4
    OUTPUT = 5
    QUANTITY = 6
    """Images, characters, seconds, calls, sessions, container hours; for vector stores 8 MiB blocks."""


STORAGE_BLOCK_BYTES = 8 * 1024 * 1024
"""Vector stores grow in whole blocks, so that a block-hour has an exact price."""

HISTORY_DAYS = 430
"""The company has no traffic earlier than this many days before the anchor."""

_GROWTH_PER_DAY = 0.0011
"""About 3.4 % a month, before and after the anchor."""
_WEEK_HOURS = 168
_THURSDAY = 3
"""Hour 0 of the Unix epoch was a Thursday; weeks here begin on Monday."""


def _hour_shape(profile: str) -> FloatArray:
    hour = np.arange(24, dtype=np.float64)
    if profile in ("office", "working-day"):
        shape = np.exp(-(((hour - 13.0) / 3.6) ** 2))
        opens, closes = (6, 20) if profile == "office" else (8, 17)
        return np.where((hour >= opens) & (hour < closes), shape, 0.0)
    if profile == "consumer":
        return 0.25 + np.exp(-(((hour - 19.0) / 3.2) ** 2)) + 0.7 * np.exp(-(((hour - 12.0) / 3.0) ** 2))
    if profile == "nightly":
        return np.where((hour >= 1) & (hour < 6), 1.0, 0.0)
    return 1.0 + 0.18 * np.sin((hour - 8.0) / 24.0 * 2.0 * np.pi)


_WEEKDAY_SHAPE = {
    "consumer": (0.96, 0.92, 0.93, 0.97, 1.05, 1.14, 1.10),
    "office": (1.04, 1.08, 1.06, 1.02, 0.90, 0.14, 0.10),
    "working-day": (1.0, 1.1, 1.1, 1.0, 0.9, 0.0, 0.0),
    "nightly": (1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6),
    "steady": (1.0, 1.0, 1.0, 1.0, 1.02, 0.94, 0.92),
}


def _week_profile(profile: str) -> FloatArray:
    """Weight of each hour of the week from Monday 00:00 UTC; the mean day weighs 1."""
    week = np.outer(np.array(_WEEKDAY_SHAPE[profile]), _hour_shape(profile)).ravel()
    return np.asarray(week / week.sum() * 7.0)


_PROFILES = {name: _week_profile(name) for name in _WEEKDAY_SHAPE}


def stream_key(seed: int, name: str) -> np.uint64:
    """A 64-bit number for a stream that does not depend on which other streams exist."""
    return np.uint64(int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest(), "big"))


def uniform(key: np.uint64, salt: int, index: IntArray) -> FloatArray:
    """Numbers in (0, 1) hashed from key, salt and index (splitmix64's finalizer)."""
    with np.errstate(over="ignore"):
        state = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        state = state + key + np.uint64(salt) * np.uint64(0xD1B54A32D192ED03)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return ((state >> np.uint64(11)).astype(np.float64) + 0.5) / float(2**53)


def _lognormal(key: np.uint64, salt: int, index: IntArray, sigma: float) -> FloatArray:
    """Positive noise around 1, median 1."""
    radius = np.sqrt(-2.0 * np.log(uniform(key, salt, index)))
    return np.asarray(np.exp(sigma * radius * np.cos(2.0 * np.pi * uniform(key, salt + 1, index))))


def hourly_counts(stream: Stream, seed: int, anchor_day: int, hours: IntArray) -> IntArray:
    """Final counts of one stream, shape (measures, hours).

    `hours` are hours since the epoch, `anchor_day` days since the epoch.
    """
    counts = np.zeros((len(Measure), hours.size), dtype=np.int64)
    key = stream_key(seed, stream.name)
    days = hours / 24.0
    volume = np.exp(_GROWTH_PER_DAY * (days - anchor_day)) * event_factor(stream, anchor_day, days, hours % 24)
    volume = np.where(days >= anchor_day - HISTORY_DAYS, volume, 0.0)
    if stream.traffic.storage_blocks:
        counts[Measure.QUANTITY] = np.floor(stream.traffic.storage_blocks * volume)
        return counts
    traffic = stream.traffic
    size = 0.9 + 0.2 * uniform(key, 99, np.zeros(1, dtype=np.int64))[0]
    expected = (
        stream.daily_requests * size * volume * _PROFILES[traffic.profile][(hours + _THURSDAY * 24) % _WEEK_HOURS]
    )
    expected *= _lognormal(key, 1, hours, 0.09) * _lognormal(key, 3, hours // 24, 0.05)
    requests = np.floor(expected + uniform(key, 5, hours))
    counts[Measure.REQUESTS] = requests
    total_input = requests * traffic.input_tokens * _lognormal(key, 6, hours, 0.04)
    drift = 1.0 + 0.08 * (2.0 * uniform(key, 8, hours) - 1.0)
    shares = {
        Measure.CACHE_READ: traffic.cache_read * drift,
        Measure.CACHE_WRITE_5M: traffic.cache_write_5m * drift,
        Measure.CACHE_WRITE_1H: traffic.cache_write_1h * drift,
    }
    for measure, share in shares.items():
        counts[measure] = np.floor(total_input * share)
    cached = counts[Measure.CACHE_READ : Measure.CACHE_WRITE_1H + 1].sum(axis=0)
    counts[Measure.UNCACHED] = np.floor(total_input).astype(np.int64) - cached
    counts[Measure.OUTPUT] = np.floor(requests * traffic.output_tokens * _lognormal(key, 10, hours, 0.05))
    counts[Measure.QUANTITY] = np.floor(requests * traffic.quantity * _lognormal(key, 12, hours, 0.05))
    return counts
