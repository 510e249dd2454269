"""The lines of a file of daily series as numbers; a line that cannot be used is told and left out."""

import csv
import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from config.settings import SettingsError

COLUMNS = ("series_id", "metric", "timestamp", "value")
TOTAL = "n"
UNKNOWN = {"", "nan", "null", "none", "na", "n/a"}
FIRST_YEAR, LAST_YEAR = 1970, 2899
"""Beyond them a date is a slip of the pen."""
LARGEST_VALUE = 1e15
"""No day costs or counts more; far above, sums would lose their digits."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A timestamp: its text, the day as written, and the moment in UTC."""

    text: str
    written: date
    utc: datetime
    at_midnight: bool


@dataclass(slots=True)
class Line:
    """One usable line; `value` and `total` are NaN where unknown."""

    number: int
    moment: Moment
    value: float
    total: float


@dataclass
class Notes:
    """What was done with odd lines: how often, and where first."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, sentence: str, where: str) -> None:
        """Counts one; `sentence` says what is done with all of its kind."""
        self.counts[sentence] = self.counts.get(sentence, 0) + 1
        self.first.setdefault(sentence, where)

    def sentences(self) -> list[str]:
        """One for each kind, in the order they were met."""
        return [f"{count:,} × {told} ({self.first[told]} first)." for told, count in self.counts.items()]


def read_lines(path: Path, notes: Notes) -> dict[tuple[str, str], list[Line]]:
    """The usable lines of each (series_id, metric), in the order of the file.

    Raises SettingsError for what is no such file at all.
    """
    series: dict[tuple[str, str], list[Line]] = {}
    moments: dict[str, Moment | None] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            names = [name.strip().lower() for name in next(reader, [])]
            if any(names.count(name) != 1 for name in COLUMNS) or names.count(TOTAL) > 1:
                raise SettingsError(
                    f"{path}: line 1 must name the columns series_id, metric, timestamp and value, each once"
                )
            id_, metric, timestamp, value = (names.index(name) for name in COLUMNS)
            total = names.index(TOTAL) if TOTAL in names else None
            for cells in reader:
                where = f"line {reader.line_num}"
                if len(cells) != len(names):
                    if any(cell.strip() for cell in cells):
                        notes.add(f"a line without the {len(names)} fields of line 1 was left out", where)
                    continue
                key = cells[id_].strip(), cells[metric].strip()
                text = cells[timestamp].strip()
                if text not in moments:
                    moments[text] = _moment(text)
                moment = moments[text]
                if not key[0]:
                    notes.add("a line without a series_id was left out", where)
                elif moment is None:
                    notes.add("a timestamp that is not ISO 8601 such as 2026-11-30 was left out", f"{where}: {text!r}")
                else:
                    number = _number(cells[value], "value", where, notes)
                    known = math.nan if total is None else _number(cells[total], TOTAL, where, notes)
                    series.setdefault(key, []).append(Line(reader.line_num, moment, number, known))
    except (csv.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a CSV file in UTF-8: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    if not series:
        told = " ".join(notes.sentences())
        raise SettingsError(
            f"{path} holds no line that can be used; write one line per series and day below "
            f"series_id,metric,timestamp,value{'. ' + told if told else ''}"
        )
    return series


def _moment(text: str) -> Moment | None:
    try:
        moment = datetime.fromisoformat(text)
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            return None
        utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        return None
    return Moment(text, moment.date(), utc, moment.time() == time())


def _number(text: str, column: str, where: str, notes: Notes) -> float:
    """NaN for an unknown or unusable number; the latter is told."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
        if text.strip().lower() not in UNKNOWN:
            notes.add(f"a {column} that is not a number is unknown", f"{where}: {text!r}")
    if abs(number) > LARGEST_VALUE:
        notes.add(f"a {column} too large for any day is unknown", f"{where}: {text!r}")
        return math.nan
    return number
