"""Arrow tables of an explained change: rounded to draw, exact to download. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from app import format as fmt
from app.effects import EFFECTS, Effect
from domain.cost_factors import Values
from domain.exact import PLACES, from_units
from domain.explanation import Explanation, Parts

MONEY = pa.decimal128(38, 12)


def groups(found: Explanation, dimension: str, parts: Parts, effects: Sequence[Effect]) -> pa.Table:
    """One row per group, to draw."""
    columns: dict[str, Any] = {"group": [name(found, dimension, label[0]) for label in parts.labels]}
    if dimension == "key":
        columns["project"] = [label[1] or fmt.UNKNOWN for label in parts.labels]
    columns["change"] = _rounded(parts, "change")
    columns["change_ratio"] = _ratios(parts)
    for column in (*(effect.key for effect in effects), "before", "after"):
        columns[column] = _rounded(parts, column)
    return pa.table(columns)


def exact_groups(found: Explanation, dimension: str, parts: Parts) -> pa.Table:
    """One row per group with every digit; the effects of a row add up to its change."""
    columns: dict[str, Any] = {dimension: [label[0] for label in parts.labels]}
    if dimension == "key":
        columns["project"] = [label[1] or None for label in parts.labels]
    else:
        columns["name"] = [name(found, dimension, label[0]) for label in parts.labels]
    for column in ("before", "after", "change", *(effect.key for effect in EFFECTS)):
        columns[column] = pa.array(map(from_units, parts.column(column).tolist()), MONEY)
    return pa.table(columns)


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


def _rounded(parts: Parts, column: str) -> Values:
    drawn: Values = np.round(parts.column(column).astype(np.float64) / 10**PLACES, 4) + 0.0
    return drawn


def _ratios(parts: Parts) -> Any:
    """Of what cost something before; after a credit a ratio tells nothing."""
    before, change = (parts.column(name).astype(np.float64) for name in ("before", "change"))
    ratios = np.divide(change, before, out=np.zeros(len(before)), where=before > 0)
    return pa.array(ratios, pa.float64(), mask=before <= 0)
