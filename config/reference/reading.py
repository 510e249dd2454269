"""Entries of TOML and CSV files with their line numbers; an entry that cannot be read is a problem, not the end."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from config.reference.problem import Problems
from config.settings import SettingsError, explain, read_toml
from domain.wording import listed

Model = TypeVar("Model", bound=BaseModel)
Line = int | None


class Entry(BaseModel):
    """One entry of a reference file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def toml_entries(
    key: str, model: type[Model], problems: Problems, *, beside: tuple[str, ...] = ()
) -> Iterator[tuple[Line, Model]]:
    """The `[[key]]` tables of a file with the line of each header; `beside` are what else it may hold, as written:
    `[[discount]]`, `[to.<name>]`.

    Raises SettingsError for a file that is no TOML.
    """
    path = problems.path
    if not path.exists():
        return
    entries = _content(path, f"[[{key}]]", *beside).get(key, [])
    if not isinstance(entries, list):
        raise SettingsError(f"{path}: write [[{key}]] with two brackets, one table for each")
    for line, entry in zip(_header_lines(path, key, len(entries)), entries, strict=True):
        try:
            yield line, model.model_validate(entry)
        except ValidationError as error:
            problems.add(line, f"[[{key}]] {explain(error)}")


def toml_tables(
    key: str, model: type[Model], problems: Problems, *, beside: tuple[str, ...] = ()
) -> Iterator[tuple[Line, str, Model]]:
    """The `[key.<name>]` tables of a file with the line of each header; `beside` as in `toml_entries`.

    Raises SettingsError for a file that is no TOML.
    """
    path = problems.path
    if not path.exists():
        return
    tables = _content(path, f"[{key}.<name>]", *beside).get(key, {})
    if not isinstance(tables, dict):
        raise SettingsError(f"{path}: write {key} as tables with a name each: [{key}.<name>]")
    for name, entry in tables.items():
        line = _line_of(path, rf"\[\s*{key}\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*\]")
        try:
            yield line, name, model.model_validate(entry)
        except ValidationError as error:
            problems.add(line, f"[{key}.{name}] {explain(error)}")


def toml_table(
    key: str, model: type[Model], problems: Problems, *, beside: tuple[str, ...] = ()
) -> tuple[Line, Model] | None:
    """The one `[key]` table of a file with the line of its header, None without it; `beside` as in `toml_entries`.

    Raises SettingsError for a file that is no TOML.
    """
    path = problems.path
    if not path.exists():
        return None
    content = _content(path, f"[{key}]", *beside)
    if key not in content:
        return None
    line = _line_of(path, rf"\[\s*{key}\s*\]")
    try:
        return line, model.model_validate(content[key])
    except ValidationError as error:
        problems.add(line, f"[{key}] {explain(error)}")
        return None


def _content(path: Path, *held: str) -> dict[str, Any]:
    """The parsed file. Raises SettingsError for another key than those of the tables in `held`."""
    content = read_toml(path)
    known = [header.strip("[]").partition(".")[0] for header in held]
    unknown = content.keys() - set(known)
    if unknown:
        raise SettingsError(f"{path}: unknown key {min(unknown)!r}; this file holds {listed(held)} tables only")
    return content


def _header_lines(path: Path, key: str, count: int) -> list[Line]:
    """The lines of the table headers; None where the tables are written in another way."""
    found: list[Line] = [*_lines_of(path, rf"\[\[\s*{key}\s*\]\]")]
    return found if len(found) == count else [None] * count


def _line_of(path: Path, header: str) -> Line:
    return next(_lines_of(path, header), None)


def _lines_of(path: Path, header: str) -> Iterator[int]:
    begins = re.compile(rf"\s*{header}")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if begins.match(line):
            yield number


def csv_entries(
    model: type[Model], rows: Iterator[tuple[int, dict[str, str]]], problems: Problems
) -> Iterator[tuple[int, Model]]:
    """Rows as entries."""
    for line, row in rows:
        try:
            yield line, model.model_validate(row)
        except ValidationError as error:
            problems.add(line, explain(error))


def csv_rows(problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file by column, with the number of their last line.

    Raises SettingsError for a file that is no CSV in UTF-8.
    """
    if not problems.path.exists():
        return
    names, rows = _read(problems.path)
    for line, cells in rows:
        if len(cells) > len(names):
            problems.add(line, "it has more fields than the first line names")
        elif any(cells):
            yield line, dict(zip(names, cells, strict=False))


def csv_columns(path: Path) -> list[str]:
    """The names in the first line; none for a file that is not there."""
    return _read(path)[0] if path.exists() else []


def _read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            names = [name.strip() for name in next(reader, [])]
            return names, [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a CSV file in UTF-8: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
