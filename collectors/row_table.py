"""Tables of one row per thing, for files and warehouses alike: what a row is, and what no row can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from pydantic import Field

from collectors.base import SourceSettings
from collectors.row_values import CONVERT, Convert, as_string
from store.load import TIME_COLUMN
from store.schema import arrow_schema, column_names

TWO_YEARS = 760
"""Days: the KPIs compare with the same period 12 months ago, and say what was known then."""

Words = dict[str, dict[str, str]]
"""Field → the source's word → ours."""


class RowSettings(SourceSettings):
    """`map`: field → column, for those that are not called like the field; `set`: field → one value for all rows;
    `words`: field → your word → the one that is known here."""

    backfill_days: int = Field(default=TWO_YEARS, ge=1, le=3653)
    map: dict[str, str] = Field(default_factory=dict)
    set: dict[str, str] = Field(default_factory=dict)
    words: Words = Field(default_factory=dict)


def as_it_is(values: dict[str, Any], _: Any) -> dict[str, Any]:
    """What most tables do with the values of a row."""
    return values


def nothing(_: Sequence[Any], __: Any) -> dict[int, str]:
    """What most tables keep back."""
    return {}


@dataclass(frozen=True, slots=True)
class RowTable:
    """One row class. Types, required fields and the time are those of the store.

    `key`: fields that name a row; `words`: field → the words there are; `in_order`: (earlier, later) times; `parts`:
    counts that together are no more than a whole; `between`: numbers with bounds. `columns`: field → what its column
    is usually called; `needs`: further fields that a file must have a column for. `extras` are read for `complete`,
    which makes the fields of a row of what was read and of the settings, and are not kept. `keeps_back` gives the
    place of each row that must not be stored, and why.
    """

    row: type
    key: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_order: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[tuple[str, ...], str], ...] = ()
    between: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    complete: Callable[[dict[str, Any], Any], dict[str, Any]] = as_it_is
    keeps_back: Callable[[Sequence[Any], Any], dict[int, str]] = nothing

    @property
    def time(self) -> str:
        """The field that says to which time a row belongs."""
        return TIME_COLUMN[self.row]

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything that a mapping may name."""
        return (*(name for name in column_names(self.row) if name != "source"), *self.extras)

    @property
    def required(self) -> tuple[str, ...]:
        """What every row must say."""
        return tuple(one.name for one in fields(self.row) if one.default is MISSING and one.name != "source")

    @property
    def converts(self) -> dict[str, Convert]:
        """Field → how its value is read."""
        kinds = {one.name: CONVERT[one.type] for one in arrow_schema(self.row) if one.name != "source"}
        return kinds | dict.fromkeys(self.extras, as_string)
