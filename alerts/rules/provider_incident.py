"""A provider that we use is in trouble; graver while our own requests to it fail more than usual. One per incident."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from alerts.base import Finding, Row, Rule, Severity, Situation
from alerts.past import Fired, Past, in_order
from alerts.wording import duration, moment, share
from domain.provider import provider_name
from domain.window import floor_hour
from domain.wording import count
from queries.promises import Ask

INCIDENTS = "incident/provider_incidents"
TRAFFIC = "alert/provider_traffic"

RECENT = timedelta(hours=2)
"""Our requests of the last hours say whether it touches us; hours, since requests are counted by the hour."""
USUAL_DAYS = 7
ENDED = timedelta(days=1)
"""An incident that is over stays known so long, so that its alert is closed."""
TIMES_USUAL = 2
AT_LEAST_FAILED = 10
"""Twice the usual share of failures, and not by a handful of them: then it is our problem too."""


def _incidents(situation: Situation) -> dict[str, Any]:
    return {"start": situation.now - ENDED, "end": situation.now, "provider": [], "severity": []}


def _traffic(situation: Situation) -> dict[str, Any]:
    hour = floor_hour(situation.now)
    return {
        "usual_since": hour - timedelta(days=USUAL_DAYS),
        "since": hour - RECENT,
        "end": hour + timedelta(hours=1),
        "cost_since": situation.today - timedelta(days=USUAL_DAYS),
        "currency": situation.settings.organization.currency,
    }


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding per incident of a provider that we used in the last week: firing while it is open."""
    used = {row["provider"]: row for row in rows[TRAFFIC] if row["usual_request_count"] or row["billed_cost"] > 0}
    found = _by_incident(rows[INCIDENTS], used.keys())
    return [_finding(key, spans, used[spans[0]["provider"]], situation.now) for key, spans in found.items()]


def _by_incident(rows: Sequence[Row], used: Collection[str]) -> dict[tuple[str, str], list[Row]]:
    """The spans of each incident of the providers that we use."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["provider"] in used:
            found.setdefault((row["source"], row["incident_id"]), []).append(row)
    return found


def _finding(key: tuple[str, str], spans: Sequence[Row], traffic: Row, now: datetime) -> Finding:
    told = spans[0]
    name = provider_name(told["provider"])
    since = min(row["span_started_at"] for row in spans).replace(tzinfo=UTC)
    is_open = told["status"] == "open"
    touched = _is_touched(traffic)
    severity: Severity = "ticket" if touched else "info"
    ours = _ours(traffic)
    parts = told["components"]
    return Finding(
        fingerprint=f"provider_incident:{key[0]}:{key[1]}",
        state="firing" if is_open else "over",
        severity=severity,
        level=2 if touched else 1,
        title=f"{name}: {told['title']}" if is_open else f"{name} is well again: {told['title']}",
        summary=(
            f"{name} reports trouble since {moment(since)}. {ours}"
            if is_open
            else f"{name} says that it is over, after {duration(_ended(spans, now) - since)}. {ours}"
        ),
        facts={
            "provider": told["provider"],
            "incident": key[1],
            "failed": traffic["failed_count"],
            "requests": traffic["request_count"],
        },
        fields=(
            ("Severity", told["severity"] or "unknown"),
            *((("Affected", parts),) if parts else ()),
            *((("Status page", told["url"]),) if told["url"] else ()),
        ),
        page_path="providers?" + urlencode({"provider": told["provider"]}),
        scope={"provider": told["provider"]},
    )


def _ended(spans: Sequence[Row], now: datetime) -> datetime:
    known = [row["span_ended_at"].replace(tzinfo=UTC) for row in spans if row["span_ended_at"] is not None]
    return max(known, default=now)


def _is_touched(traffic: Row) -> bool:
    """Exactly, on counts: more than twice the usual share of failures, and enough of them."""
    if traffic["failed_count"] < AT_LEAST_FAILED:
        return False
    usual = Fraction(traffic["usual_failed_count"] + 1, traffic["usual_request_count"] + 2)
    return Fraction(traffic["failed_count"], traffic["request_count"]) > TIMES_USUAL * usual


def _ours(traffic: Row) -> str:
    if not traffic["request_count"]:
        return f"No request of ours was logged in the last {duration(RECENT)}."
    now = share(Fraction(traffic["failed_count"], traffic["request_count"]))
    told = f"Of our {count(traffic['request_count'], 'request')} in the last {duration(RECENT)} {now} failed"
    if not traffic["usual_request_count"]:
        return f"{told}."
    return f"{told}; {share(Fraction(traffic['usual_failed_count'], traffic['usual_request_count']))} is usual."


def past(ask: Ask, situation: Situation, days: int) -> Past:
    """Every incident of the providers that are used today."""
    used = {row["provider"] for row in ask(TRAFFIC, **_traffic(situation)).rows()}
    asked = ask(INCIDENTS, **_incidents(situation) | {"start": situation.now - timedelta(days=days)}).rows()
    spans = _by_incident(asked, used).values()
    return in_order(days, (_fired(of_one, situation.now) for of_one in spans))


def _fired(spans: Sequence[Row], now: datetime) -> Fired:
    told = spans[0]
    began = min(row["span_started_at"] for row in spans).replace(tzinfo=UTC)
    title = f"{provider_name(told['provider'])}: {told['title']}"
    return Fired(began, title, None if told["status"] == "open" else _ended(spans, now))


RULE = Rule(
    "provider_incident", every="20s", queries={INCIDENTS: _incidents, TRAFFIC: _traffic}, find=find, kind="incident"
)
