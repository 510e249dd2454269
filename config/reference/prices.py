"""prices.toml: negotiated prices, and discounts off the published ones."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries
from domain.attribution import OPEN_FROM, OPEN_TO
from domain.price import PRICED_UNITS, tier_word

Amount = Annotated[Decimal, Field(ge=0, max_digits=26)]

KNOWN_UNITS = ", ".join(PRICED_UNITS)


class PriceEntry(Entry):
    """USD per million units; a negotiated price wins over the published one. `model` '' is a tool without a model."""

    provider: str
    model: str
    service_tier: str = "standard"
    unit: str
    price_per_million: Amount
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO


class DiscountEntry(Entry):
    """`[[discount]]` of prices.toml: percent off the published prices. `model` and `service_tier` are globs."""

    provider: str
    model: str = "*"
    service_tier: str = "*"
    percent: Decimal = Field(gt=0, le=100, max_digits=12)
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO


class _PriceTable(Entry):
    """`[[price]]` as it is written: one unit with its price, or several in `per_million`."""

    provider: str
    model: str
    service_tier: str = "standard"
    unit: str | None = None
    price_per_million: Amount | None = None
    per_million: dict[str, Amount] | None = None
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO

    def amounts(self) -> dict[str, Decimal] | str:
        """Unit → price, or what is missing."""
        if self.per_million is not None:
            if self.unit is not None or self.price_per_million is not None:
                return "give either per_million or unit with price_per_million"
            return self.per_million
        if self.unit is None:
            return "the key 'unit' is missing"
        if self.price_per_million is None:
            return "the key 'price_per_million' is missing"
        return {self.unit: self.price_per_million}


def read_prices(problems: Problems) -> tuple[PriceEntry, ...]:
    """The prices; one that cannot be used leaves the published price in force."""
    prices: list[PriceEntry] = []
    lines: list[Line] = []
    for line, written in toml_entries("price", _PriceTable, problems, beside=("[[discount]]",)):
        amounts = written.amounts()
        if isinstance(amounts, str):
            problems.add(line, f"[[price]] {amounts}")
            continue
        for price in _entries(written, amounts):
            wrong = _wrong(price, prices, lines)
            if wrong:
                problems.add(line, wrong)
            else:
                prices.append(price)
                lines.append(line)
    return tuple(prices)


def read_discounts(problems: Problems) -> tuple[DiscountEntry, ...]:
    """The discounts in the order of the file; the first that holds counts."""
    discounts = []
    for line, discount in toml_entries("discount", DiscountEntry, problems, beside=("[[price]]",)):
        if discount.valid_to <= discount.valid_from:
            problems.add(line, f"the discount of {discount.provider} ends before it begins; swap its dates")
        else:
            discounts.append(discount)
    return tuple(discounts)


def _entries(written: _PriceTable, amounts: dict[str, Decimal]) -> Iterator[PriceEntry]:
    for unit, amount in amounts.items():
        yield PriceEntry(
            provider=written.provider,
            model=written.model,
            service_tier=tier_word(written.service_tier),
            unit=unit,
            price_per_million=amount,
            valid_from=written.valid_from,
            valid_to=written.valid_to,
        )


def _wrong(price: PriceEntry, before: Sequence[PriceEntry], lines: Sequence[Line]) -> str | None:
    named = f"{price.model or price.provider} {price.unit}"
    if price.unit not in PRICED_UNITS:
        return f"{price.model or price.provider} has a price for the unknown unit {price.unit!r}; use {KNOWN_UNITS}"
    if price.valid_to <= price.valid_from:
        return f"the price of {named} ends before it begins; swap its dates"
    for other, line in zip(before, lines, strict=True):
        is_same = _subject(other) == _subject(price)
        if is_same and other.valid_from < price.valid_to and price.valid_from < other.valid_to:
            return f"the price of {named} holds on days that line {line} has a price for already; end one of them"
    return None


def _subject(price: PriceEntry) -> tuple[str, str, str, str]:
    return (price.provider, price.model, price.service_tier, price.unit)
