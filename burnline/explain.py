"""Why a cost moved between two periods: reads what was asked for, and tells the answer to a person or a script."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from config.settings import SettingsError
from domain.change_sentence import explain_in_words
from domain.compared import Compared
from domain.cost_change import FACTORS
from domain.explanation import LABELS, Explanation, Moved, Part
from domain.wording import count
from queries.explain import explain
from queries.runner import run
from store.engine import Store

SCOPES = ("feature", "team", "provider", "model", "environment", "project", "key")
LISTED = ("feature", "team", "provider", "model", "environment")
"""Dimensions whose values the store lists; a project or key is known by its costs."""
SHOWN = 10
"""Rows of the table for a person; the JSON has all."""

WHOLE_FROM = 1000
"""From this cost on, a person needs no cents."""

Filters = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The split by models of features, and the one by keys."""

    explanation: Explanation
    by_key: Explanation

    @property
    def sentence(self) -> str:
        """The change in words."""
        return explain_in_words(self.explanation)

    @property
    def note(self) -> str:
        """What to know before the numbers are compared; empty when both periods are as long."""
        compared = self.explanation.compared
        if compared.before_days == compared.after_days:
            return ""
        before, after = count(compared.before_days, "day"), count(compared.after_days, "day")
        return f"{before} beside {after}, not scaled: some of the volume is the length of the period."

    def as_json(self) -> dict[str, Any]:
        """For a script to read; money keeps every digit, and the effects of each part add up to its change."""
        found, compared = self.explanation, self.explanation.compared
        total = found.total
        return {
            "before": _period(compared.before_start, compared.before_end, compared.before_days, total),
            "after": _period(compared.after_start, compared.after_end, compared.after_days, total, after=True),
            "currency": found.currency,
            **_moved(total),
            **{f"by_{name}": _parts(found, name) for name in LABELS if name != "key"},
            "by_key": _parts(self.by_key, "key"),
            "new": [_item(found, one) for one in found.appeared],
            "vanished": [_item(found, one) for one in found.vanished],
            "carried_by": _carried(found),
            "sentence": self.sentence,
        }

    def table(self) -> Table:
        """The largest groups by feature, with the effects of each."""
        found = self.explanation
        table = Table(title=f"By feature in {found.currency}, largest change first", box=SIMPLE_HEAD, padding=(0, 1))
        table.add_column("feature", overflow="fold")
        for name in ("change", *FACTORS):
            table.add_column(name, justify="right", no_wrap=True)
        parts = found.by("feature")
        places = 0 if max(found.total.before, found.total.after) >= WHOLE_FROM else 2
        for part in parts[:SHOWN]:
            table.add_row(found.name("feature", part.label[0]), *_amounts(part, places))
        if len(parts) > SHOWN:
            table.caption = f"{len(parts) - SHOWN} more with --json"
        table.add_section()
        table.add_row("all", *_amounts(found.total, places))
        return table


def explain_change(store: Store, currency: str, before: str, after: str, scope: Sequence[str]) -> Answer:
    """The answer for two periods `FIRST:END` and scopes `feature=…`. Raises SettingsError, QueryError, StoreError."""
    compared = Compared(*_days("--before", before), *_days("--after", after))
    filters = _filters(store, scope)
    keys = filters.pop("key", [])
    ask = partial(run, store)
    by_key = explain(ask, compared, currency, filters, per="key", keys=keys)
    if not by_key.use.items and scope:
        given = " and ".join(scope)
        raise SettingsError(f"There are no costs in {currency} of {given} in either period; nothing can be explained.")
    return Answer(by_key if keys else explain(ask, compared, currency, filters), by_key)


def _days(option: str, text: str) -> tuple[date, date]:
    first, _, end = text.partition(":")
    try:
        start, stop = date.fromisoformat(first), date.fromisoformat(end)
    except ValueError:
        raise SettingsError(
            f"{option} {text!r} is not two UTC days FIRST:END, such as 2026-10-01:2026-11-01 (the end is not included)."
        ) from None
    if stop <= start:
        raise SettingsError(f"{option} {text!r} ends before it has begun; the end is the day after the last one.")
    return start, stop


def _filters(store: Store, scope: Sequence[str]) -> Filters:
    filters: Filters = defaultdict(list)
    names: Mapping[str, Mapping[str, str]] = {}
    for given in scope:
        dimension, equals, value = given.partition("=")
        if not equals or dimension not in SCOPES:
            raise SettingsError(f"--scope {given!r} is not of the form name=value with one of {', '.join(SCOPES)}.")
        if dimension in LISTED:
            names = names or _known(store)
            value = _known_value(dimension, value, names.get(dimension, {}))
        filters[dimension].append(value)
    return dict(filters)


def _known(store: Store) -> dict[str, dict[str, str]]:
    """Dimension → lower-case item or name → item."""
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for row in run(store, "cost/filter_values").rows():
        known[row["dimension"]].setdefault(row["item_name"].lower(), row["item"])
        known[row["dimension"]][row["item"].lower()] = row["item"]
    return known


def _known_value(dimension: str, value: str, items: Mapping[str, str]) -> str:
    if value.lower() not in items:
        there = ", ".join(sorted(set(items.values()))[:SHOWN]) or "none yet"
        raise SettingsError(f"--scope: there is no {dimension} {value!r}; there are: {there}.")
    return items[value.lower()]


def _period(start: date, end: date, days: int, total: Part, *, after: bool = False) -> dict[str, Any]:
    return {"start": start, "end": end, "days": days, "cost": total.after if after else total.before}


def _moved(part: Part) -> dict[str, Any]:
    """`price` includes `without_usage`: costs of items that reported no use."""
    return {
        "change": part.change,
        "change_ratio": float(part.change / part.before) if part.before else None,
        "effects": {name: getattr(part.effects, name) for name in FACTORS},
        "without_usage": part.without_usage,
    }


def _parts(found: Explanation, dimension: str) -> list[dict[str, Any]]:
    return [
        {**_labels(found, dimension, part.label), "before": part.before, "after": part.after, **_moved(part)}
        for part in found.by(dimension)
    ]


def _labels(found: Explanation, dimension: str, label: tuple[str, ...]) -> dict[str, Any]:
    if dimension == "key":
        return {"key": label[0], "project": label[1] or None}
    return {dimension: label[0], "name": found.name(dimension, label[0])}


def _item(found: Explanation, moved: Moved) -> dict[str, Any]:
    return {
        "provider": moved.provider,
        "feature": moved.feature,
        "name": found.name("feature", moved.feature),
        "model": moved.model,
        "cost": moved.cost,
    }


def _carried(found: Explanation) -> list[dict[str, Any]]:
    return [
        {
            "dimension": dimension.name,
            "offsetting": dimension.offsetting,
            "elements": [
                {
                    dimension.name: element.label,
                    "name": found.name(dimension.name, element.label),
                    "before": element.expected,
                    "after": element.actual,
                    "change": element.actual - element.expected,
                    "explained_ratio": element.explained_ratio,
                }
                for element in dimension.elements
            ],
        }
        for dimension in found.carried.dimensions
    ]


def _amounts(part: Part, places: int) -> list[str]:
    amounts = (part.change, *(getattr(part.effects, name) for name in FACTORS))
    return [f"{amount:+,.{places}f}" if round(amount, places) else "0" for amount in amounts]
