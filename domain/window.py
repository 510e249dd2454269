"""Half-open spans of UTC time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """`[start, end)` in aware UTC. Raises ValueError when naive or not in order."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment.utcoffset() != timedelta(0):
                raise ValueError(f"a window needs UTC times, not {moment!r}")
        if self.end <= self.start:
            raise ValueError(f"a window ends after it starts: {self}")

    def __str__(self) -> str:
        return f"[{self.start:%Y-%m-%d %H:%M}, {self.end:%Y-%m-%d %H:%M}) UTC"

    def overlaps(self, other: "Window") -> bool:
        """True when some moment is in both."""
        return self.start < other.end and other.start < self.end

    def split(self, step: timedelta) -> Iterator["Window"]:
        """Consecutive windows of at most `step` that cover this one exactly."""
        start = self.start
        while start < self.end:
            end = min(start + step, self.end)
            yield Window(start, end)
            start = end


def floor_hour(moment: datetime) -> datetime:
    """The start of the UTC hour that holds `moment`."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def whole_hours(window: Window) -> Window:
    """The UTC hours that a window touches, whole."""
    end = floor_hour(window.end)
    return Window(floor_hour(window.start), end if end == window.end else end + timedelta(hours=1))


def floor_day(moment: datetime) -> datetime:
    """The start of the UTC day that holds `moment`."""
    return floor_hour(moment).replace(hour=0)


def month_start(moment: datetime) -> datetime:
    """The start of the UTC month that holds `moment`."""
    return floor_day(moment).replace(day=1)


def next_month_start(moment: datetime) -> datetime:
    """The start of the UTC month after the one that holds `moment`."""
    return (month_start(moment) + timedelta(days=32)).replace(day=1)
