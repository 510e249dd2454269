"""Reads daily series of many metrics from a CSV file: one matrix per metric, a day without a line unknown."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median_low

import numpy as np

from burnline.anomaly_lines import Line, Notes, read_lines
from domain.anomaly.kind import Kind, kind_of
from domain.forecast.series import Values

FARTHEST_DAYS = 5 * 366
"""A day further than this from the middle one comes from a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The series of one metric: ids in order, series × days of values and of what they are a part of (NaN unknown).

    `texts` holds, for each series, the timestamp of each known day as the file writes it.
    """

    name: str
    kind: Kind
    ids: tuple[str, ...]
    values: Values
    totals: Values
    texts: tuple[Mapping[int, str], ...]


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """What a file holds; the columns of every metric begin at `first_day`."""

    first_day: date
    metrics: tuple[Metric, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Day:
    value: float
    total: float
    text: str


def read_metrics(path: Path) -> SeriesFile:
    """Raises SettingsError for what is no such file, or holds no line that can be used."""
    notes = Notes()
    found = {key: _distinct(lines, notes) for key, lines in read_lines(path, notes).items()}
    series = {}
    for (id_, metric), lines in sorted(found.items()):
        kind = kind_of(metric, any(not math.isnan(line.total) for line in lines))
        series[id_, metric, kind] = _days(lines, kind, id_, notes)
    days = [day for each in series.values() for day in each]
    middle = median_low(days)
    for (id_, _, _), each in series.items():
        for day in [day for day in each if abs((day - middle).days) > FARTHEST_DAYS]:
            notes.add(f"a day more than five years from {middle} was left out", f"{id_} {day}")
            del each[day]
    days = [day for day in days if abs((day - middle).days) <= FARTHEST_DAYS]
    first_day, count = min(days), (max(days) - min(days)).days + 1
    groups: dict[tuple[str, Kind, bool], list[tuple[str, dict[date, _Day]]]] = {}
    for (id_, metric, kind), each in series.items():
        has_total = any(not math.isnan(day.total) for day in each.values())
        groups.setdefault((metric.lower(), kind, has_total), []).append((id_, each))
    metrics = tuple(_metric(name, kind, group, first_day, count) for (name, kind, _), group in sorted(groups.items()))
    return SeriesFile(first_day, metrics, tuple(notes.sentences()))


def _distinct(lines: Sequence[Line], notes: Notes) -> list[Line]:
    """One line a moment, oldest first; the later one in the file counts."""
    by_moment: dict[object, Line] = {}
    for line in lines:
        earlier = by_moment.get(line.moment.utc)
        if earlier is not None and not _alike(earlier, line):
            notes.add("a moment told twice with different numbers counts as told last", f"line {line.number}")
        by_moment[line.moment.utc] = line
    return sorted(by_moment.values(), key=lambda line: line.moment.utc)


def _alike(one: Line, other: Line) -> bool:
    return repr((one.value, one.total)) == repr((other.value, other.total))


def _days(lines: Sequence[Line], kind: Kind, id_: str, notes: Notes) -> dict[date, _Day]:
    """The days of one series: as written when all its stamps are midnights, in UTC otherwise."""
    as_written = all(line.moment.at_midnight for line in lines)
    parts: dict[date, list[Line]] = {}
    for line in lines:
        parts.setdefault(line.moment.written if as_written else line.moment.utc.date(), []).append(line)
    if any(len(each) > 1 for each in parts.values()):
        notes.add("several lines a day make one day, " + _made(kind), id_)
        last = max(parts)
        if not _is_whole(parts, last) and len(parts) > 1:
            notes.add("a last day that does not reach its end was left out", f"{id_} {last}")
            del parts[last]
    return {day: _one(each, kind) for day, each in parts.items()}


def _made(kind: Kind) -> str:
    if kind.adds_up:
        return "their sum"
    return "its bad events over all of its events" if kind is Kind.RATE else "their mean, weighted by n where known"


def _is_whole(parts: Mapping[date, Sequence[Line]], day: date) -> bool:
    """Whether one more step after the day's last line reaches the next day."""
    steps = [later.moment.utc - earlier.moment.utc for each in parts.values() for earlier, later in pairwise(each)]
    return (parts[day][-1].moment.utc + min(steps)).date() > day


def _one(lines: Sequence[Line], kind: Kind) -> _Day:
    text = lines[0].moment.text
    if len(lines) == 1:
        return _Day(lines[0].value, lines[0].total, text)
    known = [line for line in lines if not math.isnan(line.value)]
    if not known:
        return _Day(math.nan, math.nan, text)
    total = sum(line.total for line in known)
    if kind.adds_up:
        return _Day(sum(line.value for line in known), total, text)
    if math.isnan(total) or total <= 0:
        return _Day(sum(line.value for line in known) / len(known), math.nan, text)
    if kind is Kind.RATE and all(line.value.is_integer() for line in known):
        return _Day(sum(line.value for line in known), total, text)
    return _Day(sum(line.value * line.total for line in known) / total, total, text)


def _metric(name: str, kind: Kind, group: Sequence[tuple[str, dict[date, _Day]]], first_day: date, days: int) -> Metric:
    values, totals = np.full((len(group), days), np.nan), np.full((len(group), days), np.nan)
    texts: list[dict[int, str]] = []
    for row, (_, each) in enumerate(group):
        columns = [(day - first_day) // timedelta(days=1) for day in each]
        values[row, columns] = [day.value for day in each.values()]
        totals[row, columns] = [day.total for day in each.values()]
        texts.append({column: day.text for column, day in zip(columns, each.values(), strict=True)})
    return Metric(name, kind, tuple(id_ for id_, _ in group), values, totals, tuple(texts))
