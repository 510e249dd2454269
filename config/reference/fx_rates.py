"""fx_rates.csv: what another currency is worth in the organisation's, by day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, csv_entries, csv_rows
from domain.currency import ISO_4217

HOLDS_DAYS = 7
"""A rate holds until the next one, at most so long: it bridges weekends and holidays, not a table that ended."""


class FxRateEntry(Entry):
    """One line of fx_rates.csv: `rate` units of the organisation's currency for one of `currency`."""

    day: date = Field(alias="date")
    currency: str
    rate: Decimal = Field(gt=0, max_digits=26)


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate and the days `[valid_from, valid_to)` on which it holds."""

    currency: str
    to_currency: str
    valid_from: date
    valid_to: date
    rate: Decimal


def read_fx_rates(problems: Problems, own: str) -> tuple[DatedRate, ...]:
    """The rates to `own`, the organisation's currency, each until the next one of its currency."""
    rates: dict[str, dict[date, Decimal]] = defaultdict(dict)
    lines: dict[tuple[str, date], int] = {}
    for line, entry in csv_entries(FxRateEntry, csv_rows(problems), problems):
        wrong = _wrong(entry, own, lines.get((entry.currency, entry.day)))
        if wrong:
            problems.add(line, wrong)
            continue
        rates[entry.currency][entry.day] = entry.rate
        lines[entry.currency, entry.day] = line
    return tuple(rate for currency in sorted(rates) for rate in _dated(currency, own, rates[currency]))


def _wrong(entry: FxRateEntry, own: str, before: int | None) -> str | None:
    if entry.currency not in ISO_4217:
        return f"{entry.currency!r} is no currency code of ISO 4217, such as EUR"
    if entry.currency == own:
        return f"{own} is the organisation's currency; leave it out"
    if before is not None:
        return f"the rate of {entry.currency} on {entry.day} stands in line {before} already; keep one"
    return None


def _dated(currency: str, own: str, rates: dict[date, Decimal]) -> list[DatedRate]:
    days = sorted(rates)
    ends = [*days[1:], date.max]
    return [
        DatedRate(currency, own, day, min(end, day + timedelta(days=HOLDS_DAYS)), rates[day])
        for day, end in zip(days, ends, strict=True)
    ]
