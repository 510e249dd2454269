"""Lists that are read page by page along their Link headers, and rows of which one may be unreadable."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from collectors.base import Api
from collectors.errors import DataError
from collectors.fields import Row, row_of

LARGEST_PAGES = 1000
"""Of 100 rows each; a list that is longer has a wrong filter."""

Made = TypeVar("Made")


def linked_rows(api: Api, path: str, params: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Every row of a list, as far as it is read. Raises CollectorError; DataError for a list without an end."""
    where = f"{api.name} {path}"
    seen: set[str] = set()
    page, following = api.http.get_linked(path, params)
    while True:
        if not isinstance(page, list):
            raise DataError(f"{where}: the answer is {type(page).__name__}, not a list")
        for row in page:
            yield row_of(row, where)
        if following is None:
            return
        if following in seen or len(seen) >= LARGEST_PAGES:
            raise DataError(f"{where}: the list has no end; page {len(seen) + 1:,} still names another")
        seen.add(following)
        page, following = api.http.get_linked(following)


def readable(api: Api, what: str, rows: Iterable[Row], key: str, make: Callable[[Row], Made]) -> Iterator[Made]:
    """What `make` makes of each row. One that is not as its contract says is set aside under its `key`."""
    for row in rows:
        try:
            made = make(row)
        except DataError as error:
            api.set_aside(f"{what} {row.get(key)}", 1, str(error))
            continue
        yield made
