"""Ground truth: what the company really spent and used, straight from its model, euros in dollars of their day.

Independent of the HTTP APIs and of their bill lines: every stream-hour is priced here in Decimal, so a test
that compares a store with this finds what got lost, doubled or converted wrongly on the way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sandbox.catalog import ANTHROPIC, OPENAI, PRODUCTION, SHARED_FEATURE
from sandbox.company import Company
from sandbox.exchange import eur_rate
from sandbox.hosting import HOST, PROJECT_FEATURES, host_charges
from sandbox.prices import UNIT_PRICES, usd_per_million
from sandbox.streams import Stream
from sandbox.timeline import HOURS_PER_DAY, day_of, epoch_day
from sandbox.traffic import Measure

_ENDPOINTS_WITHOUT_REQUESTS = ("vector_stores", "code_interpreter_sessions")


@dataclass(frozen=True)
class BilledCost:
    """Grain: day × provider × project × feature × environment × model. USD, exact (the host's euros converted)."""

    day: date
    provider: str
    project_id: str
    """OpenAI project id, Anthropic workspace id, or the host's name of it."""
    feature: str | None
    """None: nobody owns it."""
    environment: str
    model: str | None
    """None where the bill names no model: tools, storage, code execution."""
    billed_cost: Decimal


@dataclass(frozen=True)
class Usage:
    """Grain: day × provider × endpoint × project × feature × environment × model × tier."""

    day: date
    provider: str
    endpoint: str
    project_id: str
    feature: str | None
    environment: str
    model: str | None
    tier: str
    """default, batch or priority (Anthropic calls its default `standard`)."""
    request_count: int | None
    """None where the vendor reports no requests: Anthropic, storage, sessions."""
    uncached_input_tokens: int
    cache_read_input_tokens: int
    cache_write_5m_input_tokens: int
    cache_write_1h_input_tokens: int
    output_tokens: int
    quantity: int
    """Images, characters, seconds, calls, sessions, web searches; for storage block-hours of 8 MiB."""


class Truth:
    """Answers as of a moment, for whole UTC days [start, end)."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def billed_costs(self, start: date, end: date, now: datetime) -> list[BilledCost]:
        """Every non-zero cost, in order of day, provider, project and model."""
        totals: dict[tuple[date, str, str, str | None, str, str | None], Decimal] = defaultdict(Decimal)
        for stream in self.company.streams:
            for day, counts in self._daily(stream, start, end, now):
                for model, cost in self._costs(stream, day, counts):
                    key = (day, stream.provider, stream.project_id, stream.feature, stream.environment, model)
                    totals[key] += cost
        for charge in host_charges(self.company, start, min(end, now.date())):
            feature = PROJECT_FEATURES[charge.sku.project]
            rate = eur_rate(self.company.seed, charge.day)
            totals[charge.day, HOST, charge.sku.project, feature, PRODUCTION, None] += charge.cost * rate
        rows = [BilledCost(*key, billed_cost=cost) for key, cost in totals.items() if cost]
        return sorted(rows, key=lambda row: (row.day, row.provider, row.project_id, row.model or ""))

    def borne_costs(self, start: date, end: date, now: datetime) -> list[BilledCost]:
        """The same money, with each day's shared costs borne by the other features by their direct costs of it.

        Such a part names no model. Shares are exact to 28 digits.
        """
        costs = self.billed_costs(start, end, now)
        weights: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for cost in costs:
            if cost.feature not in (None, SHARED_FEATURE):
                weights[cost.day][str(cost.feature)] += cost.billed_cost
        borne = [cost for cost in costs if cost.feature != SHARED_FEATURE]
        for cost in costs:
            if cost.feature == SHARED_FEATURE:
                borne += _shares(cost, weights[cost.day])
        return borne

    def total_cost(self, start: date, end: date, now: datetime, provider: str | None = None) -> Decimal:
        """USD billed in the window, by one provider or by all."""
        rows = self.billed_costs(start, end, now)
        return sum((r.billed_cost for r in rows if provider in (None, r.provider)), Decimal(0))

    def unattributed_cost(self, start: date, end: date, now: datetime) -> Decimal:
        """USD billed in the window for what nobody owns."""
        rows = self.billed_costs(start, end, now)
        return sum((row.billed_cost for row in rows if row.feature is None), Decimal(0))

    def usage(self, start: date, end: date, now: datetime) -> list[Usage]:
        """Every non-empty usage total, in order of the streams and then of the days.

        Code execution is missing: no usage report has it.
        """
        merged: dict[tuple[object, ...], Usage] = {}
        for stream in self.company.streams:
            if stream.endpoint == "code_execution":
                continue
            for day, counts in self._daily(stream, start, end, now):
                row = _usage_row(day, stream, counts)
                key = (day, row.provider, row.endpoint, row.project_id, row.model, row.tier)
                if any(counts):
                    merged[key] = _add(merged[key], row) if key in merged else row
        return list(merged.values())

    def _daily(self, stream: Stream, start: date, end: date, now: datetime) -> list[tuple[date, list[int]]]:
        first, last = epoch_day(start), epoch_day(end)
        hourly = self.company.counts([stream.index], first * HOURS_PER_DAY, last * HOURS_PER_DAY, now)[:, 0]
        return [
            (
                day_of(first + number),
                hourly[:, number * HOURS_PER_DAY : (number + 1) * HOURS_PER_DAY].sum(axis=1).tolist(),
            )
            for number in range(last - first)
        ]

    def _costs(self, stream: Stream, day: date, counts: list[int]) -> list[tuple[str | None, Decimal]]:
        if (stream.provider, stream.tier) == (ANTHROPIC, "priority"):
            return []
        costs: list[tuple[str | None, Decimal]] = []
        for measure in _TOKEN_MEASURES if stream.model else ():
            price = usd_per_million(stream.provider, stream.model or "", measure, stream.tier, day, self.company.anchor)
            costs.append((stream.model, price * counts[measure] / 10**6))
        if stream.model in UNIT_PRICES:
            unit_price, model = UNIT_PRICES[stream.model], stream.model
        else:
            tool = "web_search" if stream.endpoint == "messages" else stream.endpoint
            unit_price, model = UNIT_PRICES.get(tool, Decimal(0)), None
        costs.append((model, unit_price * counts[Measure.QUANTITY] / 10**6))
        return costs


_TOKEN_MEASURES = (
    Measure.UNCACHED,
    Measure.CACHE_READ,
    Measure.CACHE_WRITE_5M,
    Measure.CACHE_WRITE_1H,
    Measure.OUTPUT,
)
_SUMMED = (
    "uncached_input_tokens",
    "cache_read_input_tokens",
    "cache_write_5m_input_tokens",
    "cache_write_1h_input_tokens",
    "output_tokens",
    "quantity",
)


def _shares(cost: BilledCost, weights: dict[str, Decimal]) -> list[BilledCost]:
    whole = sum(weights.values())
    return [
        replace(cost, feature=feature, model=None, billed_cost=cost.billed_cost * weight / whole)
        for feature, weight in weights.items()
    ]


def _usage_row(day: date, stream: Stream, counts: list[int]) -> Usage:
    counted = stream.provider == OPENAI and stream.endpoint not in _ENDPOINTS_WITHOUT_REQUESTS
    return Usage(
        day=day,
        provider=stream.provider,
        endpoint=stream.endpoint,
        project_id=stream.project_id,
        feature=stream.feature,
        environment=stream.environment,
        model=stream.model,
        tier=stream.tier,
        request_count=counts[Measure.REQUESTS] if counted else None,
        uncached_input_tokens=counts[Measure.UNCACHED],
        cache_read_input_tokens=counts[Measure.CACHE_READ],
        cache_write_5m_input_tokens=counts[Measure.CACHE_WRITE_5M],
        cache_write_1h_input_tokens=counts[Measure.CACHE_WRITE_1H],
        output_tokens=counts[Measure.OUTPUT],
        quantity=counts[Measure.QUANTITY],
    )


def _add(left: Usage, right: Usage) -> Usage:
    requests = None if left.request_count is None else left.request_count + (right.request_count or 0)
    sums = {name: getattr(left, name) + getattr(right, name) for name in _SUMMED}
    return replace(left, request_count=requests, **sums)
