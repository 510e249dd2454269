"""Numbers and times as people read them: the only place with percent, cents, thousands and milliseconds.

None is drawn as an en dash: unknown is not zero.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from domain.provider import provider_name
from domain.wording import SYMBOLS
from domain.wording import listed as listed

UNKNOWN = "–"

_STEPS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"))

Number = Decimal | int | float


def money(amount: Number | None, currency: str) -> str:
    """`$1,234.56`; whole units from 10,000 on, three significant digits below 0.10."""
    if amount is None:
        return UNKNOWN
    value = _decimal(amount)
    return _with_currency(_plain(value, _places(value)), currency)


def money_compact(amount: Number | None, currency: str) -> str:
    """`$16.3K`: for axes and for sentences where cents do not matter."""
    if amount is None:
        return UNKNOWN
    value = _decimal(amount)
    if abs(value) < 100:
        return money(value, currency)
    return _with_currency(_plain(value, 0) if abs(value) < 1000 else _compact(value), currency)


def money_exact(amount: Decimal | None, currency: str) -> str:
    """Every digit the store has, without the zeros at the end: `20.52022672899 USD`."""
    if amount is None:
        return UNKNOWN
    whole, _, digits = f"{amount:,f}".partition(".")
    return f"{whole}.{digits.rstrip('0').ljust(2, '0')} {currency}"


def signed_money(amount: Number | None, currency: str) -> str:
    """A change with its sign: `+$120.00`, `-$3.10`."""
    text = money(amount, currency)
    return text if amount is None or text.startswith("-") or not _has_digits(text) else f"+{text}"


def count(number: int | None) -> str:
    """`12,345`."""
    return UNKNOWN if number is None else f"{number:,}"


def compact(number: Number | None) -> str:
    """`1.2M`; below a thousand the number itself."""
    if number is None:
        return UNKNOWN
    value = _decimal(number)
    return _plain(value, 0 if value == value.to_integral_value() else 1) if abs(value) < 1000 else _compact(value)


def decimal(number: Number | None, places: int = 1, *, signed: bool = False) -> str:
    """`7.5`, `12`: up to so many decimals, without zeros at the end; `signed` shows a plus."""
    if number is None:
        return UNKNOWN
    text = _plain(_decimal(number), places)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"+{text}" if signed and number > 0 and _has_digits(text) else text


def percent(ratio: Number | None, places: int = 0) -> str:
    """`61%` for 0.61; a share that is there but rounds to nothing is `<1%`."""
    if ratio is None:
        return UNKNOWN
    value = _decimal(ratio) * 100
    if places == 0 and 0 < value < Decimal("0.5"):
        return "<1%"
    return f"{_plain(value, places)}%"


def attainment(ratio: Fraction | None) -> str:
    """`99.899%`: cut off after three decimals, never rounded up to a target that was missed."""
    if ratio is None:
        return UNKNOWN
    thousandths = int(ratio * 100_000)
    return f"{_plain(Decimal(thousandths) / 1000, 3)}%"


def target(ratio: Decimal) -> str:
    """`99.9%`, `99.95%`: every digit it has."""
    return f"{(ratio * 100).normalize():f}%"


def factor(ratio: Number | Fraction | None) -> str:
    """How many times as fast: `14.4×`, `0.3×`."""
    if ratio is None:
        return UNKNOWN
    value = Decimal(ratio.numerator) / ratio.denominator if isinstance(ratio, Fraction) else _decimal(ratio)
    return f"{_plain(value, 0 if value >= 100 else 1)}×"


def chance(ratio: float | None) -> str:
    """A probability: `62%`; certainty is never claimed, so `<1%` and `>99%`."""
    if ratio is None:
        return UNKNOWN
    return "<1%" if ratio < 0.01 else ">99%" if ratio > 0.99 else percent(ratio)


def change(now: Number | None, before: Number | None) -> float | None:
    """The relative change as a ratio; None where there is nothing to compare with."""
    if now is None or before is None or before == 0:
        return None
    return float(_decimal(now) / _decimal(before) - 1)


def signed_percent(ratio: Number | None, places: int = 1) -> str:
    """`+12.3%`, `-4.0%`, `0.0%`; from ten times on as a factor, since such percentages tell nothing."""
    if ratio is None:
        return UNKNOWN
    if ratio >= 9:
        return f"{_plain(_decimal(ratio) + 1, 0)}×"
    text = percent(ratio, places)
    return text if text.startswith("-") or not _has_digits(text) else f"+{text}"


def milliseconds(seconds: float | None) -> str:
    """`3.2 ms`, `140 ms`."""
    if seconds is None:
        return UNKNOWN
    value = _decimal(seconds) * 1000
    return f"{_plain(value, 1 if abs(value) < 10 else 0)} ms"


def seconds(value: float | None) -> str:
    """How long an answer took: `820 ms`, `1.24 s`, `12.3 s`, `2 min`."""
    if value is None or value != value:
        return UNKNOWN
    if value < 1:
        return milliseconds(value)
    return duration(value) if value >= 120 else f"{_plain(_decimal(value), 2 if value < 10 else 1)} s"


def duration(seconds: float | None) -> str:
    """`41 s`, `12 min`, `3 h`, `2 days`: the largest unit that fits."""
    if seconds is None:
        return UNKNOWN
    for size, word in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and word != "days"):
            return f"{int(seconds // size)} {word}"
    return f"{int(seconds)} s"


def clock(seconds: float | None) -> str:
    """How long something took: `41 s`, `12 min`, `2.3 h`, `1.8 days`; a decimal below ten."""
    if seconds is None:
        return UNKNOWN
    for size, word in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            value = _decimal(seconds) / size
            shown = _plain(value, 1 if value < 10 else 0)
            return f"{shown.removesuffix('.0')} {word}"
    return f"{_plain(_decimal(seconds), 0)} s"


def ago(moment: datetime | None, now: datetime) -> str:
    """`3 h ago`; both times in UTC, with or without zone."""
    if moment is None:
        return UNKNOWN
    seconds = (_naive(now) - _naive(moment)).total_seconds()
    return "just now" if seconds < 60 else f"{duration(seconds)} ago"


def day(on: date | None) -> str:
    """`21 Nov 2026`."""
    return UNKNOWN if on is None else f"{on.day} {on:%b %Y}"


def days(start: date, end: date) -> str:
    """A half-open span of days as its first and last day: `1–21 Nov 2026`."""
    last = end - timedelta(days=1)
    if start >= last:
        return day(start)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day}–{day(last)}"
    if start.year == last.year:
        return f"{start.day} {start:%b} – {day(last)}"
    return f"{day(start)} – {day(last)}"


def moment(at: datetime | None) -> str:
    """`21 Nov 14:00 UTC`."""
    return UNKNOWN if at is None else f"{at.day} {at:%b %H:%M} UTC"


def span(period: str, start: date) -> str:
    """The month or quarter of a budget: `November 2026`, `Q4 2026`."""
    return f"Q{(start.month + 2) // 3} {start:%Y}" if period == "quarter" else f"{start:%B %Y}"


def month(on: date) -> str:
    """`November`."""
    return f"{on:%B}"


def provider(word: str) -> str:
    """`openai` → `OpenAI`; a name that a bill spelled stays as it is."""
    return provider_name(word)


def plural(number: int, noun: str) -> str:
    """`1 row`, `3 rows`."""
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def symbol(currency: str) -> str:
    """What stands before an amount: `$`, or the code and a space."""
    return SYMBOLS.get(currency, f"{currency} ")


def _decimal(number: Number) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(str(number))


def _places(value: Decimal) -> int:
    if value == 0 or abs(value) >= Decimal("0.1"):
        return 0 if abs(value) >= 10_000 else 2
    return min(12, 2 - value.adjusted())


def _plain(value: Decimal, places: int) -> str:
    text = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}"
    return text if any(digit in text for digit in "123456789") else text.removeprefix("-")


def _compact(value: Decimal) -> str:
    for size, letter in _STEPS:
        if abs(value) >= size:
            scaled = value / size
            text = _plain(scaled, 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0)
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text}{letter}"
    return _plain(value, 0)


def _with_currency(text: str, currency: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}{symbol(currency)}{digits}"


def _has_digits(text: str) -> bool:
    return any(digit in text for digit in "123456789")


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
