"""A value for every parameter of a query file, so that each can be run without knowing it."""

from datetime import datetime
from typing import Any

from queries.catalog import Query

TEXTS = {
    "metric": "cost",
    "unit": "USD",
    "currency": "USD",
    "dimension": "feature",
    "measure": "billed",
    "bucket": "week",
    "per": "key",
    "scope_type": "feature",
    "scope": "",
    "slo": "slo-availability",
    "step": "hour",
    "level": "service",
    "alert_id": "search-cost",
}
"""Values of text parameters by name; a new name has to be added here."""
COUNT = 10
BEGINNINGS = ("start", "since", "previous_start", "before_start", "after_start", "first_hour", "start_8")


def params_between(query: Query, since: datetime, now: datetime) -> dict[str, Any]:
    """One value per parameter: what begins does so at `since`, all else is at `now`; lists are left open."""
    given: dict[str, Any] = {}
    for name, word in query.params.items():
        moment = since if name in BEGINNINGS else now
        match word:
            case "timestamp":
                given[name] = moment
            case "date":
                given[name] = moment.date()
            case "text":
                given[name] = query.choices[name][0] if name in query.choices else TEXTS[name]
            case "count":
                given[name] = COUNT
    return given
