"""The lines of a minute file as numbers; what they mean together is another matter."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from config.settings import SettingsError

COLUMNS = ("minute", "good", "total")
MOST_PLACES = 12
"""Prometheus extrapolates to sixteen digits; beyond twelve decimals they are the noise of its floats."""
MOST_DIGITS = 15
LARGEST_COUNT = Decimal("1e15")
"""More than any service answers in a minute."""

Count = int | Decimal


@dataclass
class Lines:
    """Minute (since 1970), good and total of the lines that tell them, with their numbers; and what else was seen.

    `unknown` are the numbers of lines without a count, `zones` counts the minutes written in another zone than UTC.
    """

    sample: str = ""
    numbers: list[int] = field(default_factory=list)
    minutes: list[int] = field(default_factory=list)
    good: list[Count] = field(default_factory=list)
    total: list[Count] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    zones: Counter[str] = field(default_factory=Counter)
    seen: dict[int, int] = field(default_factory=dict)

    def keep(self, places: list[int]) -> None:
        """Only the lines at these places, in this order."""
        self.numbers, self.minutes = ([column[place] for place in places] for column in (self.numbers, self.minutes))
        self.good, self.total = ([column[place] for place in places] for column in (self.good, self.total))


def read_lines(path: Path) -> Lines:
    """Raises SettingsError that names file and line."""
    lines = Lines()
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            names = [name.strip().lower() for name in next(reader, [])]
            if any(names.count(name) != 1 for name in COLUMNS):
                raise SettingsError(f"{path}: line 1 must name the columns minute, good and total, each once")
            minute, good, total = (names.index(name) for name in COLUMNS)
            for cells in reader:
                if len(cells) != len(names):
                    if any(cell.strip() for cell in cells):
                        told = f"has {len(cells)} fields where line 1 names {len(names)}"
                        raise SettingsError(f"{path}: line {reader.line_num} {told}")
                    continue
                try:
                    _add(lines, reader.line_num, cells[minute].strip(), cells[good].strip(), cells[total].strip())
                except ValueError as error:
                    raise SettingsError(f"{path}: line {reader.line_num}: {error}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a CSV file in UTF-8: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    return lines


def _add(lines: Lines, number: int, minute_text: str, good_text: str, total_text: str) -> None:
    minute = _minute(minute_text, lines)
    before = lines.seen.setdefault(minute, number)
    if before != number:
        raise ValueError(
            f"the minute {minute_text} stands in line {before} already; keep one, or add both up if they are parts "
            "(a local time without its zone comes twice when summer time ends)"
        )
    good, total = _count("good", good_text), _count("total", total_text)
    if good is None or total is None:
        lines.unknown.append(number)
        return
    lines.sample = lines.sample or minute_text
    lines.numbers.append(number)
    lines.minutes.append(minute)
    lines.good.append(good)
    lines.total.append(total)


def _minute(text: str, lines: Lines) -> int:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        since = moment.timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"the minute {text!r} is not a time such as 2026-11-23T10:05Z") from None
    if since % 60:
        raise ValueError(f"the minute {text!r} has seconds; add the counts up to whole minutes")
    if since < 0:
        raise ValueError(f"the minute {text!r} lies before 1970; correct the clock that wrote it")
    if moment.tzinfo is not UTC and moment.utcoffset():
        lines.zones[f"{moment:%z}"] += 1
    return int(since) // 60


def _count(name: str, text: str) -> Count | None:
    """None for a count that is not known."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        count: Count = int(text)
    elif not text:
        return None
    else:
        try:
            count = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"{name} {text!r} is not a number") from None
        if count.is_nan():
            return None
        if count.is_finite() and -int(count.as_tuple().exponent) > MOST_PLACES:
            count = round(count, MOST_PLACES)
    if not -LARGEST_COUNT <= count <= LARGEST_COUNT:
        raise ValueError(f"{name} {text!r} is more than any service answers in a minute")
    return count
