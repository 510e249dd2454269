"""Walks a report page by page. Every page is read or the walk fails: a cut-off report would look like savings."""

from collections.abc import Iterator, Sequence
from typing import Any

from collectors.base import Http
from collectors.errors import DataError


def pages(
    http: Http,
    path: str,
    params: Sequence[tuple[str, str]],
    *,
    source: str,
    cursor: str = "page",
    exact: bool = False,
) -> Iterator[list[Any]]:
    """The `data` of each page: the same query again, plus `cursor`, while the page says `has_more`.

    Raises DataError for a missing or ill-typed part of the envelope and for a cursor that comes twice.
    """
    where = f"{source} {path}"
    seen: set[str] = set()
    position: list[tuple[str, str]] = []
    while True:
        page = http.get(path, [*params, *position], exact=exact)
        yield _part(page, "data", list, where)
        if not _part(page, "has_more", bool, where):
            return
        following = page.get("next_page")
        if not isinstance(following, str) or not following:
            raise DataError(f"{where}: the page says there is more but names no next_page, so the rest cannot be read")
        if following in seen:
            raise DataError(f"{where}: the page cursor came twice, so the report would never end")
        seen.add(following)
        position = [(cursor, following)]


def _part(page: Any, name: str, kind: type, where: str) -> Any:
    if not isinstance(page, dict):
        raise DataError(f"{where}: the answer is not a page but {_kind(page)}")
    if name not in page:
        raise DataError(f"{where}: the page has no {name}")
    if not isinstance(page[name], kind):
        raise DataError(f"{where}: {name} of the page is {_kind(page[name])}, not {kind.__name__}")
    return page[name]


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__
