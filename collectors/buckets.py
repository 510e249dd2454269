"""Which buckets of a vendor's report belong to a window: those that start in it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from collectors.errors import DataError
from domain.window import Window

Results = TypeVar("Results")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bucket_span(window: Window, width: timedelta, now: datetime) -> Window | None:
    """From the first bucket that starts in `window` to the end of the last, but not beyond `now`.

    The end is a bucket's end unless `now` cuts it (to the second). None when nothing has begun yet.
    """
    start = _ceil(window.start, width)
    end = min(_ceil(window.end, width), now.replace(microsecond=0))
    return Window(start, end) if start < end else None


def is_cut(span: Window, width: timedelta) -> bool:
    """True when the last bucket of `span` is still filling."""
    return _ceil(span.end, width) != span.end


def within(buckets: Iterable[tuple[Window, Results]], span: Window, where: str) -> Iterator[tuple[Window, Results]]:
    """The buckets that start in `span`; later ones are another window's and left out.

    Raises DataError for a bucket before `span` and for one that comes twice: its rows would count double.
    """
    seen: set[datetime] = set()
    for bucket, results in buckets:
        if bucket.start < span.start:
            raise DataError(f"{where}: a bucket of {bucket.start:%Y-%m-%d %H:%M} UTC was not asked for ({span})")
        if bucket.start in seen:
            raise DataError(f"{where}: the bucket of {bucket.start:%Y-%m-%d %H:%M} UTC came twice")
        seen.add(bucket.start)
        if bucket.start < span.end:
            yield bucket, results


def bucket_of(start: datetime, end: datetime, where: str) -> Window:
    """The time of one bucket. Raises DataError when it ends before it starts."""
    if end <= start:
        raise DataError(f"{where}: the bucket of {start:%Y-%m-%d %H:%M} UTC ends before it starts")
    return Window(start, end)


def _ceil(moment: datetime, width: timedelta) -> datetime:
    return moment + (_EPOCH - moment) % width
