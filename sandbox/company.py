"""The company as the vendors see it: hourly counts of every stream, final or as reported at a moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property

import numpy as np

from sandbox.events import Event, company_events
from sandbox.streams import Stream, build_streams
from sandbox.timeline import epoch_day, epoch_hour
from sandbox.traffic import IntArray, Measure, hourly_counts, stream_key, uniform

SETTLE_HOURS = 48
"""How long the vendors go on adding late usage to an hour."""

_CHUNK_HOURS = 16 * 24
_CHUNKS_KEPT = 64
"""About 1,000 days; one chunk is roughly 1 MB."""
_MISSING_SHARE = 0.03
_MAX_SHORTFALL = 0.03


class Company:
    """A fictional company, fully determined by its seed and its anchor date (the demo's 'today')."""

    def __init__(self, seed: int, anchor: date) -> None:
        self.seed = seed
        self.anchor = anchor
        self.streams: tuple[Stream, ...] = build_streams(seed)
        self._chunks: OrderedDict[int, IntArray] = OrderedDict()

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Launch, price change, routing change and cost spike, oldest first."""
        return company_events(self.anchor)

    def final_counts(self, start_hour: int, end_hour: int) -> IntArray:
        """Settled counts, shape (measures, streams, hours), for epoch hours [start_hour, end_hour)."""
        first, last = start_hour // _CHUNK_HOURS, max(start_hour, end_hour - 1) // _CHUNK_HOURS
        block = np.concatenate([self._chunk(number) for number in range(first, last + 1)], axis=2)
        offset = start_hour - first * _CHUNK_HOURS
        return block[:, :, offset : offset + max(0, end_hour - start_hour)]

    def counts(self, streams: Sequence[int], start_hour: int, end_hour: int, now: datetime) -> IntArray:
        """Counts as the vendors report them at `now`, shape (measures, streams, hours).

        Hours of the last two days fall short by up to 3 %, or miss a stream for a while; the running hour and
        everything later is empty. The answer is the same within one hour of `now`.
        """
        reported = self.final_counts(start_hour, end_hour)[:, list(streams), :].copy()
        now_hour = epoch_hour(now)
        unsettled_from = max(start_hour, now_hour - SETTLE_HOURS + 1)
        for column, index in enumerate(streams):
            if unsettled_from < end_hour:
                hours = np.arange(unsettled_from, end_hour, dtype=np.int64)
                late = reported[:, column, unsettled_from - start_hour :]
                self._hold_back(late, self.streams[index], hours, now_hour)
        return reported

    def _hold_back(self, late: IntArray, stream: Stream, hours: IntArray, now_hour: int) -> None:
        key = stream_key(self.seed, stream.name)
        age = np.clip(now_hour - hours, 0, SETTLE_HOURS) / SETTLE_HOURS
        factor = 1.0 - _MAX_SHORTFALL * (1.0 - age) * (0.4 + 0.6 * uniform(key, 20, hours))
        shown_after = uniform(key, 21, hours) * 0.6
        missing = (uniform(key, 22, hours) < _MISSING_SHARE) & (age < shown_after)
        factor = np.where(missing | (hours >= now_hour), 0.0, factor)
        requests = np.rint(late[Measure.REQUESTS] * factor)
        late[:] = np.floor(late * factor)
        late[Measure.REQUESTS] = requests

    def _chunk(self, number: int) -> IntArray:
        if number in self._chunks:
            self._chunks.move_to_end(number)
            return self._chunks[number]
        hours = np.arange(number * _CHUNK_HOURS, (number + 1) * _CHUNK_HOURS, dtype=np.int64)
        anchor_day = epoch_day(self.anchor)
        chunk = np.stack([hourly_counts(s, self.seed, anchor_day, hours) for s in self.streams], axis=1)
        chunk.setflags(write=False)
        self._chunks[number] = chunk
        while len(self._chunks) > _CHUNKS_KEPT:
            self._chunks.popitem(last=False)
        return chunk
