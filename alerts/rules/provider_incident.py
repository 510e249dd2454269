"""A provider that we use is in trouble; graver while our own requests to it fail more than usual. One per incident."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Severity, Situation, asking_rule
from alerts.charts import Chart, hourly
from alerts.context import happened_since
from alerts.past import Fired, Past, in_order
from alerts.wording import duration, moment, share
from domain.provider import provider_name
from domain.window import floor_hour
from domain.wording import count
from queries.promises import Ask

INCIDENTS = "incident/provider_incidents"
TRAFFIC = "alert/provider_traffic"
ERRORS = "slo/errors_by_hour"

RECENT = timedelta(hours=2)
"""Our requests of the last hours say whether it touches us; hours, since requests are counted by the hour."""
DRAWN = timedelta(hours=48)
"""Yesterday at this time stands beside today."""
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


def look(ask: Ask, situation: Situation) -> list[Finding]:
    """One finding per incident of a provider that we used in the last week: firing while it is open."""
    traffic = ask(TRAFFIC, **_traffic(situation)).rows()
    used = {row["provider"]: row for row in traffic if row["usual_request_count"] or row["billed_cost"] > 0}
    found = _by_incident(ask(INCIDENTS, **_incidents(situation)).rows(), used.keys())
    return [
        _explained(ask, key, spans, _finding(key, spans, used[spans[0]["provider"]], situation.now), situation.now)
        for key, spans in found.items()
    ]


def _explained(ask: Ask, key: tuple[str, str], spans: Sequence[Row], finding: Finding, now: datetime) -> Finding:
    if finding.state != "firing":
        return finding
    provider = spans[0]["provider"]
    since = _began(spans)
    return replace(
        finding,
        happened=happened_since(ask, since, now, provider=[provider], but=key),
        chart=_chart(ask, provider, since, now),
    )


def _chart(ask: Ask, provider: str, since: datetime, now: datetime) -> Chart:
    end = floor_hour(now) + timedelta(hours=1)
    start = end - DRAWN
    rows = ask(ERRORS, start=start, end=end, provider=[provider], team=[], feature=[]).rows()
    told = {row["hour"].replace(tzinfo=UTC): row for row in rows}
    hours = [start + timedelta(hours=number) for number in range(DRAWN // timedelta(hours=1))]
    shares = [(hour, _percent_bad(told.get(hour))) for hour in hours]
    return hourly(f"Our failed requests to {provider_name(provider)}", "%", shares, marked=(max(since, start), now))


def _percent_bad(row: Row | None) -> float | None:
    return float(Fraction(100 * row["bad_count"], row["valid_count"])) if row and row["valid_count"] else None


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
    since = _began(spans)
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
        page_path=pages.providers(told["provider"]),
        scope={"provider": told["provider"]},
    )


def _began(spans: Sequence[Row]) -> datetime:
    began: datetime = min(row["span_started_at"] for row in spans)
    return began.replace(tzinfo=UTC)


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
    began = _began(spans)
    title = f"{provider_name(told['provider'])}: {told['title']}"
    return Fired(began, title, None if told["status"] == "open" else _ended(spans, now))


RULE = asking_rule("provider_incident", every="20s", look=look, kind="incident", past=past)
