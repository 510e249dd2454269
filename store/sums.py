"""Sums in SQL that keep their type on every engine."""

from typing import Any

import sqlalchemy as sa


def money(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A sum that stays DECIMAL: the cast says so to engines that would add loosely typed columns as floats."""
    return sa.func.sum(sa.cast(column, sa.Numeric(38, 12)))


def estimate(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A sum of estimates at their own scale, which DuckDB adds up nine times as fast as money."""
    return sa.cast(sa.func.sum(column), sa.Numeric(18, 9))


def count(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A sum of integers as BIGINT: DuckDB would store HUGEINT, 90 times as slow to add up again."""
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def plus(*columns: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The sum of what is known within a row; NULL when nothing is."""
    total: sa.ColumnElement[Any] = sa.func.coalesce(columns[0], 0)
    for column in columns[1:]:
        total = total + sa.func.coalesce(column, 0)
    return sa.case((sa.func.coalesce(*columns).is_(None), sa.null()), else_=total)
