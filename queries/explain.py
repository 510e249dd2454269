"""Asks what moved a scope's cost between two periods and answers with the exact split."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from domain.compared import Compared
from domain.exact import Units, divided
from domain.explanation import Explanation
from domain.item_use import Counts, Item, Use, split_use
from domain.key_share import shared_by_keys
from queries.runner import Result

QUERY = "cost/change_items"

Ask: TypeAlias = Callable[..., Result]
"""Answers a query by name and parameters, as `queries.runner.run` does with its store bound."""
Per: TypeAlias = Literal["model", "key"]

_ITEM = ("provider", "feature", "team", "environment", "model", "project_id", "api_key_id")
_TOKENS = ("uncached_input", "cache_read_input", "cache_write_input", "output")
_INT128 = np.dtype([("low", "<u8"), ("high", "<i8")])
T = TypeVar("T", Units, Counts)


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
    use = read_use(result, compared.divisor)
    if per == "key":
        use = shared_by_keys(use)
    if keys:
        use = use.only(np.array([item.key in keys for item in use.items], dtype=bool))
    columns = (result.table.column(name).to_pylist() for name in ("feature", "feature_name"))
    return Explanation(compared, currency, split_use(use), dict(zip(*columns, strict=True)))


def read_use(result: Result, divisor: int = 1) -> Use:
    """The items of an answer; what was before is divided by `divisor`, costs to 12 decimals."""
    names = [result.table.column(name).to_pylist() for name in _ITEM]
    costs = _both(result.table, [f"{kind}_cost" for kind in (*_TOKENS, "other")], _units)
    tokens = _both(result.table, [f"{kind}_tokens" for kind in _TOKENS], _counts)
    requests = _both(result.table, ["request_count"], _counts)
    if divisor != 1:
        costs[0] = divided(costs[0], divisor)
    no_kind = np.zeros_like(requests)
    return Use(
        [Item(*item) for item in zip(*names, strict=True)],
        costs,
        np.concatenate([tokens, no_kind], axis=2),
        requests[:, :, 0],
        divisor,
    )


def _both(table: pa.Table, names: Sequence[str], read: Callable[["pa.Array[Any]"], T]) -> T:
    """Before and after × items × the columns named."""
    sides = [[read(table.column(f"{name}_{side}").combine_chunks()) for name in names] for side in ("before", "after")]
    return np.stack([np.stack(columns, axis=1) for columns in sides])


def _units(money: "pa.Array[Any]") -> Units:
    """Arrow stores decimals as whole numbers of 128 bits, of which the store's money are the last decimals."""
    words = np.frombuffer(memoryview(money.buffers()[1] or b""), _INT128)[money.offset : money.offset + len(money)]
    units: Units = words["high"].astype(object) * 2**64 + words["low"].astype(object)
    return units


def _counts(numbers: "pa.Array[Any]") -> Counts:
    """What is not reported counts as 0 here."""
    counts: Counts = numbers.fill_null(0).to_numpy()
    return counts
