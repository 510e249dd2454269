"""Finds the pages: every file in views/ that declares PAGE is one, nothing else lists them."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VIEWS = Path(__file__).parent / "views"
_KEYS = {"title", "url", "icon", "order"}
_HIDDEN = "hidden"


class PageError(Exception):
    """A page file that cannot be registered: which and why."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """One page: `url` is its path ('' for the first page), `order` its place in the menu, unless it is `hidden`."""

    path: Path
    title: str
    url: str
    icon: str
    order: int
    hidden: bool = False


@cache
def discover(folder: Path = VIEWS) -> tuple[PageFile, ...]:
    """All pages in menu order. Raises PageError for a bad declaration or a repeated url or title."""
    pages = [_read(path) for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    for field in ("url", "title"):
        seen: dict[str, PageFile] = {}
        for page in pages:
            other = seen.setdefault(getattr(page, field), page)
            if other is not page:
                raise PageError(f"{page.path.name} and {other.path.name} have the same {field}; change one")
    return tuple(sorted(pages, key=lambda page: page.order))


def _read(path: Path) -> PageFile:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "PAGE" for t in node.targets):
            try:
                declared = ast.literal_eval(node.value)
            except ValueError:
                raise PageError(f"{path.name}: PAGE must be a dict of plain values") from None
            if not isinstance(declared, dict) or set(declared) - {_HIDDEN} != _KEYS:
                raise PageError(f"{path.name}: PAGE needs exactly {', '.join(sorted(_KEYS))}")
            return PageFile(path=path, **declared)
    raise PageError(f"{path.name} declares no PAGE; write PAGE = {{'title': …, 'url': …, 'icon': …, 'order': …}}")
