"""What else happened around an incident: notes, launches, plans, incidents, new prices."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from alerts.detection.calendar import WHOLE
from alerts.wording import day
from domain.explanation import Explanation
from queries.promises import Ask

QUERY = "anomaly/happened"
BEFORE = timedelta(days=3)
"""What is launched or routed anew often shows some days later."""
MOST = 5


def happened(
    ask: Ask,
    series: tuple[str, str],
    first: date,
    last: date,
    why: Explanation | None,
    names: Mapping[tuple[str, str], Mapping[str, Any]],
) -> tuple[str, ...]:
    """Sentences, the oldest first, of what touches the series; `why` tells which models and providers it uses."""
    rows = ask(QUERY, start=first - BEFORE, end=last + timedelta(days=1)).rows()
    uses = {(item.provider, item.model) for item in why.use.items} if why else None
    touching = [row for row in rows if _touches(row, series, uses, names)]
    return tuple(f"{day(row['day'])}: {row['kind']}, {row['title']}." for row in touching[:MOST])


def _touches(
    row: Mapping[str, Any],
    series: tuple[str, str],
    uses: set[tuple[str, str | None]] | None,
    names: Mapping[tuple[str, str], Mapping[str, Any]],
) -> bool:
    scope_type, scope = series
    if row["feature"] is not None:
        team = names.get(("feature", row["feature"]), {}).get("team")
        return series in (WHOLE, ("feature", row["feature"]), ("team", team))
    if scope_type == "model" and row["model"] is not None:
        return bool(row["model"] == scope)
    if scope_type == "provider" and row["provider"] is not None:
        return bool(row["provider"] == scope)
    if uses is None or row["provider"] is None:
        return True
    used = {(provider, model if row["model"] is not None else None) for provider, model in uses}
    return (row["provider"], row["model"]) in used
