"""Reads good and total by minute from a CSV file with the columns minute, good, total."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np

from burnline.minute_lines import Count, Lines, read_lines
from config.settings import SettingsError
from domain.slo.series import MinuteSeries, minute_of, minute_series, moment_of

LONGEST_MINUTES = 10 * 366 * 1440
"""A longer span comes from a clock that was wrong, and would be held in memory minute by minute."""
COUNTER_LINES, COUNTER_GROWTH = 60, 10
"""A column that never falls over an hour and grows tenfold looks like a running total, not like traffic."""
_STYLE = re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d)?(?:[.,]\d+)?(Z|[+-].*)?")


@dataclass(frozen=True, slots=True)
class MinuteFile:
    """What a file holds: the series, what was done with lines that are not plain, and how it writes a minute."""

    series: MinuteSeries
    notes: tuple[str, ...]
    sample: str

    def text(self, minute: int) -> str:
        """A minute in UTC, written like those of the file."""
        style = _STYLE.fullmatch(self.sample)
        between, seconds, zone = style.groups() if style else ("T", None, "Z")
        written = f"{moment_of(minute):%Y-%m-%d{between}%H:%M}" + (":00" if seconds else "")
        return written + ("" if zone is None else "+00:00" if zone.startswith("+00") else "Z")


def read_minutes(
    path: Path, now: datetime, until: datetime | None = None, *, counters: bool = False, leave_out_wrong: bool = False
) -> MinuteFile:
    """Reads the whole file, or the minutes that begin before `until`.

    `counters`: the columns are running totals, and a fall is a restart from 0. `leave_out_wrong`: minutes with more
    good than total, or less than nothing, are unknown and told instead of refused.
    Raises SettingsError that names file and line.
    """
    lines = read_lines(path)
    if until is not None:
        end = minute_of(until - timedelta(microseconds=1)) + 1
        lines.keep([place for place, minute in enumerate(lines.minutes) if minute < end])
    if not lines.minutes:
        raise SettingsError(f"{path} holds no minute with counts; write one line per minute below minute,good,total")
    _check_span(path, lines)
    notes = _notes(lines, now)
    order = sorted(range(len(lines.minutes)), key=lines.minutes.__getitem__)
    if order != list(range(len(order))):
        notes.append("The lines are not in the order of time; they were sorted.")
        lines.keep(order)
    if counters:
        notes += _to_increases(lines)
    elif _grows(lines.total):
        notes.append("The column total never falls and looks like a running total; if it is one, add --counters.")
    notes += _without_wrong(path, lines, told=leave_out_wrong)
    series = _series(path, lines)
    missing = len(series.known) - int(np.count_nonzero(series.known))
    if missing:
        notes.append(f"{_minutes(missing)} between the first and the last are missing or unknown; they count nothing.")
    return MinuteFile(series, tuple(notes), lines.sample)


def _check_span(path: Path, lines: Lines) -> None:
    first, last = (lines.minutes.index(edge(lines.minutes)) for edge in (min, max))
    if lines.minutes[last] - lines.minutes[first] > LONGEST_MINUTES:
        raise SettingsError(
            f"{path}: line {lines.numbers[first]} and line {lines.numbers[last]} lie more than ten years apart; "
            "correct the one whose clock was wrong"
        )


def _notes(lines: Lines, now: datetime) -> list[str]:
    notes = []
    if lines.unknown:
        notes.append(f"{_minutes(len(lines.unknown))} have no count (line {lines.unknown[0]} first); they are unknown.")
    if lines.zones:
        zones = ", ".join(sorted(lines.zones))
        notes.append(f"{_minutes(lines.zones.total())} are written in another zone ({zones}); they are shown in UTC.")
    current = minute_of(now)
    late = [place for place, minute in enumerate(lines.minutes) if minute > current]
    if late:
        notes.append(
            f"{_minutes(len(late))} lie in the future (line {lines.numbers[late[0]]} first); they count as written, "
            "--until leaves them out."
        )
    return notes


def _grows(total: list[Count]) -> bool:
    if len(total) < COUNTER_LINES or total[-1] < COUNTER_GROWTH * max(1, total[0]):
        return False
    return all(later >= earlier for earlier, later in pairwise(total))


def _to_increases(lines: Lines) -> list[str]:
    """Replaces running totals by their increase since the line before; the first line has none."""
    restarts = sum(later < earlier for earlier, later in pairwise(lines.total))
    del lines.numbers[0], lines.minutes[0]
    lines.good, lines.total = (
        [later - earlier if later >= earlier else later for earlier, later in pairwise(column)]
        for column in (lines.good, lines.total)
    )
    return [f"The counters restarted {restarts} times; what they then show counts from 0."] if restarts else []


def _without_wrong(path: Path, lines: Lines, *, told: bool) -> list[str]:
    wrong = [
        place for place, (good, total) in enumerate(zip(lines.good, lines.total, strict=True)) if not 0 <= good <= total
    ]
    if not wrong:
        return []
    first = wrong[0]
    good, total, moment = lines.good[first], lines.total[first], moment_of(lines.minutes[first])
    what = (
        f"less than nothing ({min(good, total)})"
        if min(good, total) < 0
        else f"more good ({good}) than total ({total})"
    )
    where = f"line {lines.numbers[first]}: {moment:%Y-%m-%dT%H:%MZ} has {what}"
    if not told:
        others = f", and {len(wrong) - 1} more lines are alike" if len(wrong) > 1 else ""
        raise SettingsError(f"{path}: {where}{others}; correct them, or add --leave-out-wrong to take them as unknown")
    left_out = set(wrong)
    lines.keep([place for place in range(len(lines.minutes)) if place not in left_out])
    return [f"{_minutes(len(wrong))} cannot be ({where}); they are unknown."]


def _series(path: Path, lines: Lines) -> MinuteSeries:
    if not lines.minutes:
        raise SettingsError(f"{path} holds no minute that can be counted; correct its lines")
    places = max(
        (-int(c.as_tuple().exponent) for c in (*lines.good, *lines.total) if isinstance(c, Decimal)), default=0
    )
    scale = 10 ** max(0, places)
    kind = object if scale > 1 else np.int64
    good, total = (
        np.array([int(count * scale) for count in column], dtype=kind) for column in (lines.good, lines.total)
    )
    return minute_series(np.array(lines.minutes, dtype=np.int64), good, total, scale)


def _minutes(number: int) -> str:
    return f"{number:,} minute" if number == 1 else f"{number:,} minutes"
