"""Hours and days in which a place is left alone, by its own clock. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `start` to `end` (past midnight when that is earlier), and all of the `days` (Monday is 0).

    `start` and `end` are None where only days are quiet. One day at least must be none of `days`.
    """

    zone: ZoneInfo
    start: time | None = None
    end: time | None = None
    days: frozenset[int] = frozenset()

    def until(self, now: datetime) -> datetime | None:
        """When the quiet that holds now ends, in aware UTC; None when none holds."""
        ends = now
        while (later := self._end_of_span(ends)) is not None:
            ends = later
        return None if ends == now else ends

    def _end_of_span(self, moment: datetime) -> datetime | None:
        today = moment.astimezone(self.zone).date()
        spans = [span for day in (today - A_DAY, today) for span in self._spans(day)]
        return max((end for start, end in spans if start <= moment < end), default=None)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Those that begin on a day; a clock change makes them an hour longer or shorter."""
        found = []
        if day.weekday() in self.days:
            found.append((self._at(day, time()), self._at(day + A_DAY, time())))
        if self.start is not None and self.end is not None:
            last = day if self.start < self.end else day + A_DAY
            found.append((self._at(day, self.start), self._at(last, self.end)))
        return found

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)
