"""What else happened while a problem lasted: launches, price changes and notes, and trouble at providers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from alerts.base import Row
from alerts.wording import day, moment
from domain.provider import provider_name
from queries.promises import Ask

ANNOTATIONS, PROVIDERS = "ops/annotations", "incident/provider_incidents"

MOST_NOTES, MOST_TROUBLE = 8, 3
"""The newest of each kind; a month of a busy company has dozens, and an old one explains little."""


def happened_since(
    ask: Ask,
    since: datetime,
    now: datetime,
    *,
    feature: str | None = None,
    provider: Sequence[str] = (),
    but: tuple[str, str] | None = None,
) -> tuple[str, ...]:
    """Sentences about the time from the UTC day of `since` to now, each kind oldest first.

    What is noted of another feature than `feature` is left out; `provider` leaves the trouble of these only; `but` is
    the source and id of the one incident that the alert itself is about.
    """
    notes = ask(ANNOTATIONS, start=since.date(), end=now.date() + timedelta(days=1)).rows()
    ours = [row for row in notes if feature is None or row["feature"] in (None, "", feature)]
    spans = ask(PROVIDERS, start=since, end=now, provider=list(provider), severity=[]).rows()
    theirs: dict[tuple[str, str], list[Row]] = {}
    for row in spans:
        key = row["source"], row["incident_id"]
        if key != but:
            theirs.setdefault(key, []).append(row)
    return (*map(_noted, ours[-MOST_NOTES:]), *map(_trouble, list(theirs.values())[-MOST_TROUBLE:]))


def _noted(row: Row) -> str:
    whose = f" ({row['feature']})" if row["feature"] else ""
    return f"{row['kind'].replace('_', ' ').capitalize()} on {day(row['day'])}{whose}: {row['title']}"


def _trouble(spans: Sequence[Row]) -> str:
    first, ends = spans[0], [row["span_ended_at"] for row in spans]
    began = moment(min(row["span_started_at"] for row in spans).replace(tzinfo=UTC))
    name = provider_name(first["provider"])
    if None in ends:
        return f"{name} has been in trouble since {began}: {first['title']}"
    return f"{name} was in trouble from {began} to {moment(max(ends).replace(tzinfo=UTC))}: {first['title']}"
