"""Arrow tables of an explained change: rounded to draw, exact to download. Pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from app import format as fmt
from app.effects import EFFECTS, Effect
from domain.explanation import Explanation, Part

MONEY = pa.decimal128(38, 12)


def groups(found: Explanation, dimension: str, parts: Sequence[Part], effects: Sequence[Effect]) -> pa.Table:
    """One row per group, to draw."""
    columns: dict[str, Any] = {"group": [name(found, dimension, part.label[0]) for part in parts]}
    if dimension == "key":
        columns["project"] = [part.label[1] or fmt.UNKNOWN for part in parts]
    columns["change"] = [_drawn(part.change) for part in parts]
    columns["change_ratio"] = pa.array([_ratio(part) for part in parts], pa.float64())
    for effect in effects:
        columns[effect.key] = [_drawn(effect.of(part)) for part in parts]
    columns["before"] = [_drawn(part.before) for part in parts]
    columns["after"] = [_drawn(part.after) for part in parts]
    return pa.table(columns)


def exact_groups(found: Explanation, dimension: str, parts: Sequence[Part]) -> pa.Table:
    """One row per group with every digit; the effects of a row add up to its change."""
    columns: dict[str, Any] = {dimension: [part.label[0] for part in parts]}
    if dimension == "key":
        columns["project"] = [part.label[1] or None for part in parts]
    else:
        columns["name"] = [name(found, dimension, part.label[0]) for part in parts]
    amounts: dict[str, Callable[[Part], Decimal]] = {
        "before": lambda part: part.before,
        "after": lambda part: part.after,
        "change": lambda part: part.change,
        **{effect.key: effect.of for effect in EFFECTS},
    }
    exact = {key: pa.array([amount(part) for part in parts], MONEY) for key, amount in amounts.items()}
    return pa.table({**columns, **exact})


def carriers(found: Explanation) -> list[dict[str, Any]]:
    """One row per element that carries the change, the dimension that carries it best first."""
    return [
        {
            "dimension": dimension.name.capitalize(),
            "element": name(found, dimension.name, element.label),
            "before": element.expected,
            "after": element.actual,
            "change": element.actual - element.expected,
            "explained": element.explained_ratio,
        }
        for dimension in found.carried.dimensions
        for element in sorted(dimension.elements, key=lambda element: -abs(element.actual - element.expected))
    ]


def moved(found: Explanation) -> list[dict[str, Any]]:
    """One row per model of a feature that is new or gone."""
    return [
        {
            "what": what,
            "feature": found.name("feature", one.feature),
            "provider": fmt.provider(one.provider),
            "model": one.model,
            "cost": one.cost,
        }
        for what, ones in (("New", found.appeared), ("Vanished", found.vanished))
        for one in ones
    ]


def drawn(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows with money as floats."""
    return pa.Table.from_pylist(
        [{k: _drawn(v) if isinstance(v, Decimal) else v for k, v in row.items()} for row in rows]
    )


def exact(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows with every digit."""
    return pa.table(
        {
            key: pa.array([row[key] for row in rows], MONEY if isinstance(value, Decimal) else None)
            for key, value in rows[0].items()
        }
    )


def name(found: Explanation, dimension: str, label: str) -> str:
    """What people call a group."""
    if dimension == "provider":
        return fmt.provider(label)
    return "Unattributed" if label == "unattributed" else found.name(dimension, label)


def _drawn(amount: Decimal) -> float:
    """Without digits nobody sees, and never −0."""
    return float(round(amount, 4)) + 0.0


def _ratio(part: Part) -> float | None:
    ratio = fmt.change(part.after, part.before)
    return None if part.before <= 0 or ratio is None else ratio
