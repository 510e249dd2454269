"""Reads LiteLLM's spend log: pages by offset of windows that are small enough for the proxy to count."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from collectors.base import Api
from collectors.errors import DataError, RetriableError
from collectors.fields import Row, count, list_of, required_text, row_of
from domain.window import Window

PATH = "/spend/logs/v2"
PAGE_ROWS = 1000
"""The most that one page gives."""
FIRST_WINDOW = timedelta(hours=6)
SHORTEST_WINDOW = timedelta(minutes=1)
"""The log is asked by the second; a proxy with more than 10,000 requests in one minute is read without its count."""


def requests(api: Api, window: Window) -> Iterator[Row]:
    """Every row that the log has between the ends of a window, each once. Raises CollectorError."""
    waiting = list(window.split(FIRST_WINDOW))
    before: set[str] = set()
    while waiting:
        part = waiting.pop(0)
        first = _page(api, part, 1)
        if first.get("total_is_capped") is True and part.end - part.start > SHORTEST_WINDOW:
            waiting = [*part.split((part.end - part.start) / 2), *waiting]
            continue
        seen: set[str] = set()
        yield from (row for row in _rows(api, part, first, seen) if row["request_id"] not in before)
        before = seen


def query(start: datetime, end: datetime, page: int, rows: int) -> list[tuple[str, str]]:
    """The query of one page. Both ends are inclusive: a row of the next window's first second comes, too."""
    span = [("start_date", f"{start:%Y-%m-%d %H:%M:%S}"), ("end_date", f"{end:%Y-%m-%d %H:%M:%S}")]
    order = [("sort_by", "startTime"), ("sort_order", "asc")]
    return [*span, ("page", str(page)), ("page_size", str(rows)), *order]


def _page(api: Api, window: Window, number: int) -> Row:
    where = f"{api.name} {PATH}"
    end = window.end + timedelta(seconds=1) if window.end.microsecond else window.end
    return row_of(api.http.get(PATH, query(window.start, end, number, PAGE_ROWS)), where)


def _rows(api: Api, window: Window, page: Row, seen: set[str]) -> Iterator[Row]:
    """The offset moves when rows are added meanwhile, so rows are told apart by their id and counted at the end."""
    where = f"{api.name} {PATH}"
    total = None if page.get("total_is_capped") is True else count(page, "total", where)
    number = 1
    while True:
        rows: Sequence[Any] = list_of(page, "data", where)
        fresh = {required_text(row_of(row, where), "request_id", where): row for row in rows}
        if rows and fresh.keys() <= seen:
            raise DataError(
                f"{where}: page {number} holds nothing but rows of earlier pages, so the log would never end"
            )
        yield from (row for name, row in fresh.items() if name not in seen)
        seen.update(fresh)
        if len(rows) < _size(page):
            break
        number += 1
        page = _page(api, window, number)
    if total is not None and len(seen) < total:
        raise RetriableError(
            f"{where}: {total:,} requests of {window} were announced and {len(seen):,} came: the log changed while it "
            "was read; the next run reads it again"
        )


def _size(page: Row) -> int:
    """How many rows a full page has: a proxy may give fewer than asked for."""
    given = page.get("page_size")
    return min(PAGE_ROWS, given) if type(given) is int and given > 0 else PAGE_ROWS
