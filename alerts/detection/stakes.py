"""What an incident is worth in money: what was spent beyond the expected, and what is at stake until the month ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from alerts.detection.calendar import WHOLE, Series
from alerts.detection.incidents import Incident
from config.settings import Settings
from domain.anomaly.incidents import Impact, impact, is_material, money_gate

SPEND_DAYS = 28
"""Four whole weeks tell what the organisation spends on a day."""


@dataclass(frozen=True)
class Stakes:
    """Costs by series and day, and above what amount a person hears of an incident."""

    costs: Mapping[Series, Mapping[date, Decimal]]
    gate: Decimal

    def of(self, incident: Incident) -> Impact:
        """In the organisation's currency; what has no cost beside it is worth nothing that is known."""
        excess = np.array([self._excess(incident, row) for row in incident.span])
        return impact(excess, np.zeros(len(excess)), incident.span[0]["day"], is_open=not incident.is_over)

    def is_material(self, found: Impact) -> bool:
        """Whether a person hears of it."""
        return is_material(found, self.gate)

    def _excess(self, incident: Incident, row: Mapping[str, Any]) -> float:
        """Of one day: money as it is, per request times the requests, usage as its part of the day's cost."""
        actual, expected = row["actual"], row["expected"]
        if expected is None:
            return float("nan")
        match incident.metric:
            case "cost":
                return float(actual - expected)
            case "cost_per_request":
                return float((actual - expected) * (row["base_count"] or 0))
        cost = self.costs.get(incident.series, {}).get(row["day"])
        if cost is None:
            return float("nan")
        if actual > 0:
            return float(cost) * float((actual - expected) / actual)
        return -float(expected) * self._unit_cost(incident)

    def _unit_cost(self, incident: Incident) -> float:
        """What one unit of usage cost on days that had any, for days that had none."""
        costs = self.costs.get(incident.series, {})
        paid = [(float(costs[row["day"]]), row["actual"]) for row in incident.rows if row["day"] in costs]
        used = sum(actual for _, actual in paid)
        return sum(cost for cost, _ in paid) / used if used else 0.0


def stakes(rows: Iterable[Mapping[str, Any]], today: date, settings: Settings) -> Stakes:
    """From rows of anomaly/scope_costs."""
    costs: dict[Series, dict[date, Decimal]] = {}
    for row in rows:
        costs.setdefault((row["scope_type"], row["scope"]), {})[row["day"]] = row["billed_cost"]
    recent = [cost for day, cost in costs.get(WHOLE, {}).items() if day >= today - timedelta(days=SPEND_DAYS)]
    daily = sum(recent, Decimal(0)) / max(1, len(recent))
    limits = settings.anomalies
    return Stakes(costs, money_gate(daily, limits.min_impact, limits.min_impact_ratio))
