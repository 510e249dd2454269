"""Makes rows of a table of what files and warehouses say, one by one, and tells what is wrong with a row."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from collectors.row_table import RowSettings, RowTable
from collectors.row_values import is_empty
from collectors.table_file import RowError

LONGEST_SHOWN = 40
"""A word is shorter; what is longer came from a wrong column and may be anything."""


class RowReader:
    """Makes rows of one source. `zone` is that of times without offset; a key counts once per reader."""

    def __init__(self, table: RowTable, source: str, settings: RowSettings, zone: tzinfo) -> None:
        self._table = table
        self._source = source
        self._settings = settings
        self._zone = zone
        self._converts = table.converts
        self._words = {
            name: {word: word for word in known}
            | {given.strip().lower(): word for given, word in settings.words.get(name, {}).items()}
            for name, known in table.words.items()
        }
        self._seen: set[tuple[Any, ...]] = set()

    def row(self, given: Mapping[str, Any]) -> Any:
        """The row of these values by field. Raises RowError."""
        whole = {**self._settings.set, **given}
        values = {
            name: self._value(name, value)
            for name, value in whole.items()
            if name in self._converts and not is_empty(value)
        }
        empty = next((name for name in self._table.required if name not in values), None)
        if empty:
            raise RowError(f"{empty} is empty")
        self._check(values)
        made = self._table.complete(values, self._settings)
        key = tuple(made.get(name) for name in self._table.key)
        if key in self._seen:
            raise RowError(f"{_and(self._table.key)} {_was(self._table.key)} there before; give each one row")
        self._seen.add(key)
        return self._table.row(source=self._source, **made)

    def _value(self, name: str, given: Any) -> Any:
        words = self._words.get(name)
        if words is None:
            return self._converts[name](given, name, self._zone)
        text = str(given).strip()
        if text.lower() not in words:
            shown = text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
            known = ", ".join(self._table.words[name])
            raise RowError(f"{name} {shown!r} is none of {known}; map it under words")
        return words[text.lower()]

    def _check(self, values: Mapping[str, Any]) -> None:
        for earlier, later in self._table.in_order:
            if earlier in values and later in values and values[later] < values[earlier]:
                raise RowError(f"{later} is before {earlier}")
        for parts, whole in self._table.parts:
            there = [name for name in parts if name in values]
            if there and whole in values and sum(values[name] for name in there) > values[whole]:
                raise RowError(f"{_and(there)} {'is' if len(there) == 1 else 'are'} more than {whole}")
        for name, (least, most) in self._table.between.items():
            if name in values and not least <= values[name] <= most:
                raise RowError(f"{name} is not between {least:g} and {most:g}")


def _and(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join(names)


def _was(names: tuple[str, ...]) -> str:
    return "was" if len(names) == 1 else "were"
