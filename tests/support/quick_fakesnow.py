"""fakesnow rewrites each statement some seventy times and copies it each time; one copy is enough."""

from typing import Any

from fakesnow import cursor
from sqlglot.expressions import core


def rewrite_in_place() -> None:
    """Makes fakesnow copy a statement once before it rewrites it."""
    transform, rewrite = core.Expression.transform, cursor.FakeSnowflakeCursor._transform

    def in_place(self: Any, fun: Any, *args: object, copy: bool = False, **kwargs: object) -> Any:
        return transform(self, fun, *args, copy=copy, **kwargs)

    def rewritten(self: Any, expression: Any, params: Any) -> Any:
        core.Expression.transform = in_place  # type: ignore[method-assign,assignment]
        try:
            return rewrite(self, expression.copy(), params)
        finally:
            core.Expression.transform = transform  # type: ignore[method-assign]

    cursor.FakeSnowflakeCursor._transform = rewritten  # type: ignore[method-assign]
