"""Lists of PagerDuty's REST API: page by page, and by halves of the time where a list is longer than it gives."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.base import Api
from collectors.errors import DataError
from collectors.fields import Row, list_of, required_text, row_of
from domain.window import Window

PAGE = 100
"""The most the vendor gives at once."""
REACH = 10_000
"""offset + limit beyond this is refused (error code 2002)."""

SECOND = timedelta(seconds=1)


def read_window(api: Api, path: str, name: str, window: Window, params: Sequence[tuple[str, str]] = ()) -> list[Row]:
    """Every item of `name` whose time is in the window, once; items shift between pages while these are read.

    Raises CollectorError; DataError when one second holds more than the vendor gives.
    """
    span = (("since", _utc(window.start)), ("until", _utc(_ceil(window.end))), ("time_zone", "UTC"))
    found = _pages(api, path, name, [*params, *span])
    if found is not None:
        return list(_once(found, f"{api.name} {path}"))
    if window.end - window.start <= SECOND:
        raise DataError(f"{api.name} {path}: more than {REACH:,} in one second, so the rest cannot be read")
    middle = (window.start + (window.end - window.start) / 2).replace(microsecond=0)
    middle = min(max(middle, window.start + SECOND), window.end - timedelta(microseconds=1))
    halves = [read_window(api, path, name, half, params) for half in _halves(window, middle)]
    return list(_once([row for half in halves for row in half], f"{api.name} {path}"))


def read_all(api: Api, path: str, name: str, params: Sequence[tuple[str, str]] = ()) -> list[Row]:
    """Every item of a list that has no time. Raises CollectorError."""
    found = _pages(api, path, name, params)
    if found is None:
        raise DataError(f"{api.name} {path}: longer than {REACH:,}, so the rest cannot be read")
    return list(_once(found, f"{api.name} {path}"))


def _pages(api: Api, path: str, name: str, params: Sequence[tuple[str, str]]) -> list[Row] | None:
    """All rows, or None when there are more than the vendor gives."""
    where = f"{api.name} {path}"
    found: list[Row] = []
    for offset in range(0, REACH, PAGE):
        query = [*params, ("limit", str(PAGE)), ("offset", str(offset)), ("total", "true")]
        page = row_of(api.http.get(path, query), where)
        rows = [row_of(item, where) for item in list_of(page, name, where)]
        total: Any = page.get("total")
        if isinstance(total, int) and total > REACH:
            return None
        more = page.get("more")
        if not isinstance(more, bool):
            raise DataError(f"{where}: the page does not say whether there is more")
        found += rows
        if not more:
            return found
        if not rows:
            raise DataError(f"{where}: an empty page says there is more, so the list would never end")
    return None


def _once(rows: Sequence[Row], where: str) -> Iterator[Row]:
    seen: set[str] = set()
    for row in rows:
        key = required_text(row, "id", where)
        if key not in seen:
            seen.add(key)
            yield row


def _halves(window: Window, middle: datetime) -> tuple[Window, Window]:
    return Window(window.start, middle), Window(middle, window.end)


def _ceil(moment: datetime) -> datetime:
    return moment if not moment.microsecond else moment.replace(microsecond=0) + SECOND


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
