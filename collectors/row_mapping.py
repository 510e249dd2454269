"""Which column of a file or a warehouse each field comes from: what the settings say, else the column of its name."""

from collections.abc import Sequence

from collectors.errors import DataError, FatalError
from collectors.row_table import RowSettings, RowTable


def check_settings(table: RowTable, settings: RowSettings) -> None:
    """Raises FatalError for a field or a word that is not known here."""
    for name in (*settings.map, *settings.set, *settings.words):
        if name not in table.fields:
            raise FatalError(f"The mapping names the unknown field {name!r}; there are: {', '.join(table.fields)}.")
    twice = sorted(settings.map.keys() & settings.set.keys())
    if twice:
        raise FatalError(f"The mapping says twice where {twice[0]} comes from; keep one.")
    if table.time in settings.set:
        raise FatalError(f"{table.time} cannot be one value for all rows; map a column of times.")
    for name, meant in settings.words.items():
        known = table.words.get(name)
        if known is None:
            raise FatalError(f"words names {name!r}, which takes any text; {_with_words(table)}.")
        wrong = next((word for word in meant.values() if word not in known), None)
        if wrong is not None:
            raise FatalError(f"words maps {name} to {wrong!r}, which is none of {', '.join(known)}.")


def mapping(
    table: RowTable, settings: RowSettings, header: Sequence[str], where: str, *, exact: bool
) -> dict[str, str]:
    """Field → column. `exact`: without a mapping every column must be a known one, so that a misspelled one is told.

    Raises FatalError for settings that do not fit, DataError for columns that do not.
    """
    check_settings(table, settings)
    found: dict[str, str] = {}
    for name in table.fields:
        if name in settings.set:
            continue
        names = [settings.map[name]] if name in settings.map else [table.columns.get(name, name), name]
        column = next((one for one in names if one in header), None)
        if column is not None:
            found[name] = column
        elif name in settings.map:
            raise DataError(
                f"{where} has no column {names[0]!r}, which the mapping names; it has: {', '.join(header)}."
            )
    for name in (*table.required, *table.needs):
        if name not in found and name not in settings.set:
            column = table.columns.get(name, name)
            raise DataError(
                f"{where} has no column {column!r}; add it, or say in the settings where {name} comes from."
            )
    unknown = [column for column in header if column not in found.values()]
    if exact and unknown and not settings.map:
        known = ", ".join(table.columns.get(name, name) for name in table.fields)
        raise DataError(f"{where} has the unknown column {unknown[0]!r}; there are: {known}.")
    return found


def _with_words(table: RowTable) -> str:
    return f"fields of fixed words are {', '.join(table.words)}" if table.words else "no field here has fixed words"
