"""A small company whose days are watched: three features of two teams, with costs and usage by day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.attribution import OPEN_FROM, OPEN_TO
from store import attributed
from store.engine import Store
from store.schema import table
from store.tables import Attribution, BillDay, CostDay, Feature, ModelUsageDay, UsageDay
from tests.alerts.support import collected, insert

FEATURES = {
    "search": ("Search", "Shop", "openai", "small"),
    "guide": ("Shopping guide", "Shop", "openai", "large"),
    "desk": ("Help desk", "Support", "anthropic", "wise"),
}
"""Name, team, provider and model."""
REQUESTS = {"search": 8000.0, "guide": 2500.0, "desk": 900.0}
UNIT_COST = {"search": 0.02, "guide": 0.05, "desk": 0.06}
WEEK = np.array([1.0, 1.05, 1.0, 1.02, 0.98, 0.55, 0.5])
"""Monday to Sunday."""
NOISE, TOKENS = 0.05, 1500.0
SEED = 11

Numbers = NDArray[np.float64]


@dataclass
class Watched:
    """The days from `first` on of each feature in one store; change the arrays, then `write`."""

    first: date
    days: int
    requests: dict[str, Numbers] = field(default_factory=dict)
    unit_cost: dict[str, Numbers] = field(default_factory=dict)
    tokens: dict[str, Numbers] = field(default_factory=dict)
    _written: dict[str, Numbers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Days as they usually are."""
        rng = np.random.default_rng(SEED)
        for name in FEATURES:
            shape = WEEK[[(self.first + timedelta(days=n)).weekday() for n in range(self.days)]]
            self.requests[name] = REQUESTS[name] * shape * np.exp(NOISE * rng.standard_normal(self.days))
            self.unit_cost[name] = UNIT_COST[name] * np.exp(0.4 * NOISE * rng.standard_normal(self.days))
            self.tokens[name] = TOKENS * np.exp(0.2 * NOISE * rng.standard_normal(self.days))

    def day(self, column: int) -> date:
        """The date of a column; negative ones count from the end."""
        return self.first + timedelta(days=column % self.days)

    def write(self, store: Store) -> None:
        """Makes these the costs and usage of the store; days that are there as they are stay."""
        columns = self._changed()
        usage: list[UsageDay] = []
        costs: list[CostDay] = []
        for name, (_, _, provider, model) in FEATURES.items():
            for column in columns:
                requests = int(self.requests[name][column])
                cost = Decimal(f"{requests * self.unit_cost[name][column]:.6f}")
                usage.append(_usage(name, provider, model, self.day(column), requests, self.tokens[name][column]))
                costs.append(_cost(name, provider, model, self.day(column), cost))
        days = [self.day(column) for column in columns]
        with store.write() as connection:
            for row in (CostDay, BillDay, UsageDay, ModelUsageDay):
                connection.execute(sa.delete(table(row)).where(table(row).c.day.in_(days)))
        insert(store, UsageDay, usage)
        insert(store, CostDay, costs)
        insert(store, BillDay, [_bill(cost) for cost in costs])
        insert(store, ModelUsageDay, [_model_usage(one) for one in usage])
        with store.write() as connection:
            attributed.rebuild(connection, days)

    def _changed(self) -> list[int]:
        now = {
            f"{kind} {name}": values.copy()
            for kind, of_kind in (("requests", self.requests), ("cost", self.unit_cost), ("tokens", self.tokens))
            for name, values in of_kind.items()
        }
        before, self._written = self._written, now
        if not before:
            return list(range(self.days))
        return sorted({int(n) for key, values in now.items() for n in np.flatnonzero(values != before[key])})


def declare(store: Store) -> None:
    """The features and whose key is whose."""
    insert(
        store,
        Feature,
        [
            Feature(feature=key, name=name, team=team, tier="core", owner=f"Owner of {key}", status="live")
            for key, (name, team, _, _) in FEATURES.items()
        ],
    )
    insert(store, Attribution, [_owner(name) for name in FEATURES])


def known_to(store: Store, at: datetime, sources: Mapping[str, datetime] | None = None) -> None:
    """Every bill and usage report is complete up to a moment, or each up to its own."""
    for provider in ("openai", "anthropic"):
        for kind in ("costs", "usage"):
            source = f"{provider}_{kind}"
            collected(store, source, (sources or {}).get(source, at))


def _owner(feature: str) -> Attribution:
    return Attribution(
        attribution_key=feature,
        valid_from=OPEN_FROM,
        valid_to=OPEN_TO,
        provider=FEATURES[feature][2],
        account_id=None,
        project_id=None,
        api_key_id=None,
        user_id=None,
        model=None,
        service=None,
        tags=None,
        feature=feature,
        environment="production",
        cost_center=None,
        rule=feature,
    )


def _usage(name: str, provider: str, model: str, day: date, requests: int, tokens: float) -> UsageDay:
    return UsageDay(
        day=day,
        source=f"{provider}_usage",
        provider=provider,
        account_id="org",
        project_id=name,
        api_key_id=None,
        service="completions",
        model=model,
        service_tier=None,
        attribution_key=name,
        uncached_input_tokens=int(requests * tokens),
        cache_read_input_tokens=0,
        cache_write_input_tokens=0,
        output_tokens=int(requests * tokens / 4),
        request_count=requests,
        estimated_cost=None,
        unpriced_tokens=0,
    )


def _cost(name: str, provider: str, model: str, day: date, cost: Decimal) -> CostDay:
    return CostDay(
        day=day,
        source=f"{provider}_costs",
        provider=provider,
        account_id="org",
        project_id=name,
        service="API",
        model=model,
        attribution_key=name,
        billing_currency="USD",
        billed_cost=cost,
        effective_cost=cost,
        charge_count=1,
    )


def _bill(cost: CostDay) -> BillDay:
    return BillDay(
        day=cost.day,
        source=cost.source,
        provider=cost.provider,
        model=cost.model,
        service_tier=None,
        token_type=None,
        unit=None,
        charge_category="Usage",
        billing_currency=cost.billing_currency,
        billed_cost=cost.billed_cost,
        effective_cost=cost.effective_cost,
        billed_quantity=None,
    )


def _model_usage(one: UsageDay) -> ModelUsageDay:
    return ModelUsageDay(
        day=one.day,
        source=one.source,
        provider=one.provider,
        service=one.service,
        model=one.model,
        service_tier=None,
        uncached_input_tokens=one.uncached_input_tokens,
        cache_read_input_tokens=one.cache_read_input_tokens,
        cache_write_input_tokens=one.cache_write_input_tokens,
        output_tokens=one.output_tokens,
        request_count=one.request_count,
        estimated_cost=one.estimated_cost,
        unpriced_tokens=one.unpriced_tokens,
    )
