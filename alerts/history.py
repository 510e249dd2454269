"""What the events of an alert tell of its findings. Pure."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from alerts.base import Finding, severity_rank
from alerts.charts import chart_from
from alerts.transition import ENDS
from store.tables import AlertEvent

_KNOWN = frozenset(field.name for field in fields(Finding))
_LISTED = ("why", "happened", "children", "child_levels", "queries")
_NUMBERS = ("impact_cost", "impact_ratio")


def as_grave_since(events: Sequence[AlertEvent], severity: str) -> datetime | None:
    """Since when, in its present span, the alert is at least that grave; None when it was not before.

    A problem that became a page an hour after it opened has not been a page for an hour, and while nobody was told of
    it, it waited for nobody.
    """
    since: datetime | None = None
    for event in events:
        found = finding_of(event)
        if event.transition in ENDS:
            since = None
        elif event.transition == "unsilenced":
            since = since and event.occurred_at
        elif found and severity_rank(found.severity) >= severity_rank(severity):
            since = since or event.occurred_at
        elif found:
            since = None
    return since


def last_finding(events: Sequence[AlertEvent]) -> Finding | None:
    """The newest finding on record."""
    return next((found for event in reversed(events) if (found := finding_of(event))), None)


def finding_of(event: AlertEvent) -> Finding | None:
    """The finding that caused an event, None where none did; what an older version wrote lacks the newer fields."""
    told: dict[str, Any] = {name: value for name, value in orjson.loads(event.facts).items() if name in _KNOWN}
    if not told:
        return None
    told["fields"] = tuple((label, value) for label, value in told.get("fields", ()))
    told |= {name: tuple(told[name]) for name in _LISTED if name in told}
    told |= {name: Decimal(told[name]) for name in _NUMBERS if told.get(name) is not None}
    told["parts"] = tuple((name, Decimal(ratio)) for name, ratio in told.get("parts", ()))
    told["chart"] = chart_from(told["chart"]) if told.get("chart") else None
    return Finding(**told)
