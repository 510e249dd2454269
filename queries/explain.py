"""Asks what moved a scope's cost between two periods and answers with the exact split."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from domain.compared import Compared
from domain.comparison import scaled
from domain.cost_factors import Count
from domain.explanation import Explanation
from domain.item_use import Item, Side, Sides, split_use
from domain.key_share import shared_by_keys
from queries.runner import Result

QUERY = "cost/change_items"

Ask: TypeAlias = Callable[..., Result]
"""Answers a query by name and parameters, as `queries.runner.run` does with its store bound."""
Per: TypeAlias = Literal["model", "key"]

_ITEM = ("provider", "feature", "team", "environment", "model", "project_id", "api_key_id")
_AMOUNTS = (
    "kind",
    "cost_before",
    "cost_after",
    "tokens_before",
    "tokens_after",
    "request_count_before",
    "request_count_after",
)


def ask_items(
    ask: Ask, compared: Compared, currency: str, filters: Mapping[str, Sequence[str]] | None = None, per: Per = "model"
) -> Result:
    """The leaves of a scope. `filters` are of provider, team, feature, model, environment and project."""
    return ask(
        QUERY,
        before_start=compared.before_start,
        before_end=compared.before_end,
        after_start=compared.after_start,
        after_end=compared.after_end,
        times=compared.times,
        extra_days=compared.extra_days,
        per=per,
        currency=currency,
        **{name: tuple(items) for name, items in (filters or {}).items()},
    )


def explain(
    ask: Ask,
    compared: Compared,
    currency: str,
    filters: Mapping[str, Sequence[str]] | None = None,
    *,
    per: Per = "model",
    keys: Sequence[str] = (),
) -> Explanation:
    """Why the scope's cost moved. Items are models of features, with `per` key also of their projects and keys.

    The finer items move the same cost by other amounts of mix: where a key takes over from another, that is mix.
    `keys` (only with `per` key) narrows the scope to these API keys. Raises QueryError for an unknown filter.
    """
    result = ask_items(ask, compared, currency, filters, per)
    items = read_items(result, compared.divisor)
    if per == "key":
        items = shared_by_keys(items)
    if keys:
        items = {item: sides for item, sides in items.items() if item.key in keys}
    columns = (result.table.column(name).to_pylist() for name in ("feature", "feature_name"))
    return Explanation(compared, currency, split_use(items), dict(zip(*columns, strict=True)))


def read_items(result: Result, divisor: int = 1) -> dict[Item, Sides]:
    """The items of an answer; what was before is divided by `divisor`, costs to 12 decimals."""
    weight = Fraction(1, divisor)
    items: dict[Item, Sides] = {}
    columns: list[list[Any]] = [result.table.column(name).to_pylist() for name in (*_ITEM, *_AMOUNTS)]
    last: list[Any] = []
    for *names, kind, cost_before, cost_after, tokens_before, tokens_after, requests_before, requests_after in zip(
        *columns, strict=True
    ):
        if names != last:
            before, after = items.setdefault(Item(*names), (Side(), Side()))
            last = names
        if divisor != 1:
            cost_before = scaled(cost_before, weight) if cost_before else cost_before
            tokens_before, requests_before = (_part(n, divisor) for n in (tokens_before, requests_before))
        _add(before, kind, cost_before, tokens_before, requests_before)
        _add(after, kind, cost_after, tokens_after, requests_after)
    return items


def _part(count: int | None, divisor: int) -> Count | None:
    return count and Decimal(count) / divisor


def _add(side: Side, kind: str, cost: Decimal, tokens: Count | None, requests: Count | None) -> None:
    if cost:
        side.costs[kind] = cost
    if tokens:
        side.tokens[kind] = tokens
    if requests:
        side.requests = requests
