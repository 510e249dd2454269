"""What a shared key cost and used, in the parts of those who share it, and its usage counted once."""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from domain.attribution import NO_ACCOUNT
from store.schema import column_names, table
from store.tables import KeyShare, UsageDay

TOKENS = ("uncached_input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "output_tokens")
"""The counts of `usage_day` that add up to its tokens."""


def part(amount: sa.ColumnElement[Any], places: int) -> sa.ColumnElement[Any]:
    """The part of an amount with `places` decimals that the joined share has; the whole where none is joined.

    The difference of two rounded amounts, so that parts add up to the whole on any engine.
    """
    shares, kind = table(KeyShare).c, sa.Numeric(38, places)
    exact = sa.cast(amount, kind)
    divided = sa.cast(exact * shares.share_to, kind) - sa.cast(exact * shares.share_from, kind)
    return sa.case((shares.day.is_(None), amount), else_=divided)


def usage_once(logs: Collection[str], days: list[date]) -> sa.Subquery:
    """`usage_day` without what a log that splits repeats of the provider's own report.

    Where the provider reports tokens on a day, they count and the log's do not; requests alike. What the provider
    does not report stays the log's.
    """
    used, reported = table(UsageDay), _reported(logs, days)
    has_tokens, has_requests = reported.c.has_tokens == 1, reported.c.has_requests == 1
    repeated = {name: sa.case((has_tokens, sa.null()), else_=used.c[name]) for name in (*TOKENS, "estimated_cost")}
    repeated["request_count"] = sa.case((has_requests, sa.null()), else_=used.c.request_count)
    repeated["unpriced_tokens"] = sa.case((has_tokens, 0), else_=used.c.unpriced_tokens)
    same = sa.and_(*(reported.c[name] == used.c[name] for name in ("day", "provider", "account_id", "source")))
    return (
        sa.select(*(repeated.get(name, used.c[name]).label(name) for name in column_names(UsageDay)))
        .select_from(used.outerjoin(reported, same))
        .where(sa.func.coalesce(reported.c.has_tokens + reported.c.has_requests, 0) < 2, used.c.day.in_(days))
        .subquery("usage_once")
    )


def _reported(logs: Collection[str], days: list[date]) -> sa.Subquery:
    """Day × provider × account × log that splits: whether the provider reports tokens and requests itself.

    A log that names no account sees those of every account of the provider.
    """
    u, shares = table(UsageDay).c, table(KeyShare).c
    has_tokens = sa.case((sa.func.coalesce(*(u[name] for name in TOKENS)).is_not(None), 1), else_=0)
    has_requests = sa.case((u.request_count.is_not(None), 1), else_=0)
    own = sa.union_all(
        *(
            sa.select(
                u.day,
                u.provider,
                account.label("account_id"),
                has_tokens.label("has_tokens"),
                has_requests.label("has_requests"),
            ).where(u.source.not_in(logs), u.day.in_(days))
            for account in (u.account_id, sa.literal(NO_ACCOUNT, sa.Text))
        )
    ).subquery("own")
    split = (
        sa.select(shares.day, shares.provider, shares.split_by).where(shares.day.in_(days)).distinct().subquery("split")
    )
    grain = (split.c.day, split.c.provider, split.c.split_by, own.c.account_id)
    return (
        sa.select(
            *(column.label("source") if column is split.c.split_by else column for column in grain),
            sa.func.max(own.c.has_tokens).label("has_tokens"),
            sa.func.max(own.c.has_requests).label("has_requests"),
        )
        .select_from(split.join(own, (own.c.day == split.c.day) & (own.c.provider == split.c.provider)))
        .group_by(*grain)
        .subquery("reported")
    )
