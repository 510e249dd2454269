"""The rollup of usage by what decides its price: enough to price a period again without reading its facts.

Words stand in the SQL, not beside it: PostgreSQL must see that it groups by what it selects.
"""

from typing import Any

import sqlalchemy as sa

from domain.price import MODALITY_UNITS, STANDARD, STANDARD_WORDS, TOKEN_UNITS, quantity_units
from store.price_book import LONG_CONTEXT
from store.schema import table
from store.sums import count, estimate, money, plus
from store.tables import TokenUsage

Column = sa.ColumnElement[Any]


def by_day(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows of `priced_usage_day`, in its order of columns, of the facts that are wanted."""
    c = table(TokenUsage).c
    has_no_estimate = c.estimated_cost.is_(None)
    provider, *of_price = key().values()
    keys = [sa.cast(c.started_at, sa.Date), c.source, provider, c.account_id, c.service, *of_price, quantity_unit()]
    return (
        sa.select(
            *keys,
            *(count(kind) for kind in kinds().values()),
            count(sa.func.coalesce(tokens(), 0)),
            money(c.quantity),
            estimate(c.estimated_cost),
            count(sa.case((has_no_estimate, sa.func.coalesce(tokens(), 0)), else_=0)),
            money(sa.case((has_no_estimate, c.quantity))),
        )
        .where(wanted)
        .group_by(*keys)
    )


def key() -> dict[str, Column]:
    """What `store.price_book.price_key` makes of a fact, by the names of a `PriceKey`."""
    c = table(TokenUsage).c
    is_standard = c.service_tier.is_(None) | c.service_tier.in_([_text(word) for word in STANDARD_WORDS])
    is_long = (c.context_window == _text(LONG_CONTEXT)) & tokens().is_not(None)
    return {
        "provider": c.provider,
        "model": sa.func.coalesce(c.model, _text("")),
        "service_tier": sa.case(
            (tokens().is_(None), _text(STANDARD)), (is_standard, _text(STANDARD)), else_=c.service_tier
        ),
        "context_window": sa.case((is_long, _text(LONG_CONTEXT)), else_=_text("")),
    }


def quantity_unit() -> Column:
    """The unit of the price of a fact's quantity."""
    c = table(TokenUsage).c
    renamed = (
        ((c.service == _text(service)) & (c.unit == _text(unit)), _text(price_unit))
        for (service, unit), price_unit in quantity_units().items()
    )
    return sa.case(*renamed, else_=c.unit)


def tokens() -> Column:
    """All tokens of a fact; NULL for tools."""
    return plus(*(table(TokenUsage).c[unit] for unit in TOKEN_UNITS))


def kinds() -> dict[str, Column]:
    """Tokens of a fact by the unit whose price they have, as `domain.price.disjoint` has them."""
    c = table(TokenUsage).c
    found: dict[str, Column] = {unit: sa.func.coalesce(c[unit], 0) for unit in (*TOKEN_UNITS, *MODALITY_UNITS)}
    for kind in ("audio", "image"):
        cached, output = found[f"cache_read_{kind}_tokens"], found[f"output_{kind}_tokens"]
        found[f"input_{kind}_tokens"] = found[f"input_{kind}_tokens"] - cached
        found["uncached_input_tokens"] = found["uncached_input_tokens"] - found[f"input_{kind}_tokens"]
        found["cache_read_input_tokens"] = found["cache_read_input_tokens"] - cached
        found["output_tokens"] = found["output_tokens"] - output
    return found


def _text(word: str) -> Column:
    return sa.literal_column(f"'{word}'")
