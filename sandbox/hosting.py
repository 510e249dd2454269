"""A European GPU host, billed in euros: the vector database behind search and the parser of contracts.

Its bill names whole UTC days and is known the night after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from sandbox.catalog import EMBEDDING, PRODUCTION
from sandbox.company import Company
from sandbox.parser_calls import PARSER_FEATURE, parser_calls
from sandbox.timeline import HOURS_PER_DAY, day_of, epoch_day

HOST = "Birkwald Cloud"
"""A host that does not exist."""
HOST_ACCOUNT = "bw-larkfield"
SEARCH_PROJECT, PARSER_PROJECT = "vector-search", "contract-parser"
SEARCH_FEATURE = "semantic-search"
PROJECT_FEATURES = {SEARCH_PROJECT: SEARCH_FEATURE, PARSER_PROJECT: PARSER_FEATURE}
PARSER_SERVICE = "GPU functions"

_SEARCHES_PER_NODE_HOUR = 24_000
_LEAST_NODES = 2
_STORED_GB_AT_ANCHOR = Decimal("640.25")
"""One GB more every day."""


@dataclass(frozen=True)
class Sku:
    key: str
    project: str
    service: str
    category: str
    subcategory: str
    """A service category of FOCUS and one of its subcategories; each service has one of either."""
    description: str
    unit: str
    unit_price: Decimal
    """EUR."""


_DATABASE = ("Databases", "Other (Databases)")

NODE_HOURS = Sku(
    "bw-vs-gpu", SEARCH_PROJECT, "Vector search", *_DATABASE, "Vector search node with GPU", "Hours", Decimal("1.49")
)
STORED = Sku(
    "bw-vs-ssd", SEARCH_PROJECT, "Vector search", *_DATABASE, "Vector search storage", "GB-Days", Decimal("0.0065")
)
PARSER_SECONDS = Sku(
    "bw-fn-l4",
    PARSER_PROJECT,
    PARSER_SERVICE,
    "AI and Machine Learning",
    "Machine Learning",
    "GPU function, contract parser",
    "Seconds",
    Decimal("0.0022"),
)


@dataclass(frozen=True)
class HostCharge:
    """Grain: day × SKU."""

    day: date
    sku: Sku
    quantity: Decimal

    @property
    def cost(self) -> Decimal:
        """EUR, exact."""
        return self.quantity * self.sku.unit_price


def host_charges(company: Company, start: date, end: date) -> list[HostCharge]:
    """The bill for the whole UTC days [start, end), in order of SKU and day."""
    if end <= start:
        return []
    first, days = epoch_day(start), (end - start).days
    quantities: dict[Sku, Sequence[Decimal | int]] = {
        NODE_HOURS: _node_hours(company, first, days),
        STORED: [_STORED_GB_AT_ANCHOR + first + number - epoch_day(company.anchor) for number in range(days)],
        PARSER_SECONDS: _parser_seconds(company, start, end),
    }
    return [
        HostCharge(day_of(first + number), sku, Decimal(quantity))
        for sku, daily in quantities.items()
        for number, quantity in enumerate(daily)
        if quantity > 0
    ]


def _node_hours(company: Company, first_day: int, days: int) -> list[int]:
    wanted = [
        stream.index
        for stream in company.streams
        if (stream.feature, stream.model, stream.environment) == (SEARCH_FEATURE, EMBEDDING, PRODUCTION)
    ]
    hourly = company.final_counts(first_day * HOURS_PER_DAY, (first_day + days) * HOURS_PER_DAY)[0, wanted]
    nodes = np.maximum(_LEAST_NODES, -(-hourly.sum(axis=0) // _SEARCHES_PER_NODE_HOUR))
    return [int(count) for count in nodes.reshape(days, HOURS_PER_DAY).sum(axis=1)]


def _parser_seconds(company: Company, start: date, end: date) -> list[int]:
    calls = parser_calls(company, start, end)
    days = calls.hours // HOURS_PER_DAY - epoch_day(start)
    seconds = -(-calls.milliseconds // 1000)
    return [int(total) for total in np.bincount(days, weights=seconds, minlength=(end - start).days)]
