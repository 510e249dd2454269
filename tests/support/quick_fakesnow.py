"""fakesnow rewrites each statement some seventy times and copies it each time; one copy is enough, and once."""

from typing import Any

from fakesnow import cursor
from sqlglot import exp
from sqlglot.expressions import core

_WORK = (exp.Select, exp.SetOperation, exp.Insert, exp.Delete, exp.Update)
"""Statements whose rewriting depends on their text and on where they run; values are bound, not written into them."""


def rewrite_in_place() -> None:
    """Makes fakesnow copy a statement once before it rewrites it, and remember what became of it."""
    transform, rewrite = core.Expression.transform, cursor.FakeSnowflakeCursor._transform
    kept: dict[tuple[str, str | None, str | None], Any] = {}

    def in_place(self: Any, fun: Any, *args: object, copy: bool = False, **kwargs: object) -> Any:
        return transform(self, fun, *args, copy=copy, **kwargs)

    def remembered(self: Any, expression: Any, params: Any) -> Any:
        if not isinstance(expression, _WORK):
            return rewritten(self, expression, params)
        text = expression.sql()
        if "IDENTIFIER" in text.upper():  # whose value is a part of the statement
            return rewritten(self, expression, params)
        key = (text, self._conn.database, self._conn.schema)
        if key not in kept:
            kept[key] = rewritten(self, expression, params)
        return kept[key].copy()

    def rewritten(self: Any, expression: Any, params: Any) -> Any:
        core.Expression.transform = in_place  # type: ignore[method-assign,assignment]
        try:
            return rewrite(self, expression.copy(), params)
        finally:
            core.Expression.transform = transform  # type: ignore[method-assign]

    cursor.FakeSnowflakeCursor._transform = remembered  # type: ignore[method-assign]
