"""Reads one daily cost series from a CSV file with the columns date and cost."""

import csv
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path

from config.settings import SettingsError

COLUMNS = ("date", "cost")
FIRST_YEAR, LAST_YEAR = 1970, 2899
"""Beyond them a date is a slip of the pen, and a month may have no end."""
LARGEST_COST = Decimal("1e15")
"""A day in any currency costs less; far above, sums would lose their cents."""


def read_series(path: Path) -> dict[date, Decimal]:
    """Cost by day, oldest first; further columns are ignored. Raises SettingsError that names file and line."""
    costs: dict[date, Decimal] = {}
    lines: dict[date, int] = {}
    for number, line in _lines(path):
        try:
            day, cost = parse_day(line["date"]), _cost(line["cost"])
        except ValueError as error:
            raise SettingsError(f"{path}: line {number}: {error}") from None
        if day in costs:
            raise SettingsError(f"{path}: line {number}: {day} stands in line {lines[day]} already; keep one")
        costs[day], lines[day] = cost, number
    if not costs:
        raise SettingsError(f"{path} holds no day; write one line per day below the line date,cost")
    return dict(sorted(costs.items()))


def parse_day(text: str) -> date:
    """A day in ISO 8601. Raises ValueError that says what is wrong with it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"the date {text!r} is not a day such as 2026-11-30") from None
    if moment.time() != time():
        raise ValueError(f"the date {text!r} has a time of day; a day is meant")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the date {text!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment.date()


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            names = [name.strip().lower() for name in next(reader, [])]
            if any(names.count(name) != 1 for name in COLUMNS):
                raise SettingsError(f"{path}: line 1 must name the columns date and cost, each once")
            found = []
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(names):
                    raise SettingsError(
                        f"{path}: line {reader.line_num} has {len(cells)} fields where line 1 names {len(names)}"
                    )
                found.append((reader.line_num, dict(zip(names, map(str.strip, cells), strict=True))))
            return found
    except (csv.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a CSV file in UTF-8: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def _cost(text: str) -> Decimal:
    if not text:
        raise ValueError("the cost is empty; write 0 for a day without cost, leave the line out if it is unknown")
    try:
        cost = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the cost {text!r} is not a number such as 12.50") from None
    if not cost.is_finite() or abs(cost) > LARGEST_COST:
        raise ValueError(f"the cost {text!r} is not an amount that a day can cost")
    return cost
