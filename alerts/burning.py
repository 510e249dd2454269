"""Why an error budget burns: whose requests are bad, how many of each hour, and what else happened then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from alerts.base import Finding, Row, Situation
from alerts.charts import MOST_POINTS, Chart, hourly
from alerts.context import happened_since
from alerts.wording import moment, share
from domain.provider import provider_name
from domain.slo.standing import Standing
from domain.window import floor_hour
from domain.wording import count
from queries.promises import Ask

BY_MODEL, BY_HOUR = "slo/by_model", "slo/by_hour"

HOUR = timedelta(hours=1)
DRAWN_HOURS = 48
"""Yesterday at this time stands beside today; a longer window is drawn as far as points go."""
NAMED = 2


def explained(ask: Ask, situation: Situation, standing: Standing, finding: Finding) -> Finding:
    """The finding with its cause by model and provider, its picture, and what else happened in its longest window."""
    since = standing.at - timedelta(minutes=max(pair.long_minutes for pair in standing.firing))
    first, end = floor_hour(since), floor_hour(standing.at) + HOUR
    rows = ask(BY_MODEL, slo=standing.key, start=first, end=end).rows()
    return replace(
        finding,
        why=tuple(blamed(rows, first)),
        happened=happened_since(ask, since, situation.now),
        chart=_chart(ask, standing, since, end, finding.title),
    )


def blamed(rows: Sequence[Row], since: datetime) -> list[str]:
    """Who has the most bad requests, each with its share of the bad and of all; nothing when nobody counts them."""
    bad = sum(row["total_count"] - row["good_count"] for row in rows)
    total = sum(row["total_count"] for row in rows)
    if not bad:
        return []
    worst = [row for row in rows if row["total_count"] > row["good_count"]][:NAMED]
    return [_blame(row, bad, total, since) for row in worst]


def _blame(row: Row, bad: int, total: int, since: datetime) -> str:
    own = row["total_count"] - row["good_count"]
    who = f"{row['model']} of {provider_name(row['provider'])}" if row["model"] else provider_name(row["provider"])
    if row["total_count"] == total:
        return f"{who} answered every request, {bad:,} of {count(total, 'request')} since {moment(since)} badly."
    return (
        f"{who} answered {own:,} of the {count(bad, 'bad request')} since {moment(since)} "
        f"({share(Fraction(own, bad))}), with {share(Fraction(row['total_count'], total))} of all requests."
    )


def _chart(ask: Ask, standing: Standing, since: datetime, end: datetime, title: str) -> Chart:
    drawn = min(MOST_POINTS, max(DRAWN_HOURS, (end - since) // HOUR + 1))
    start = end - drawn * HOUR
    rows = ask(BY_HOUR, slo=standing.key, start=start, end=end).rows()
    by_hour = {row["hour"].replace(tzinfo=end.tzinfo): row for row in rows}
    hours = [start + number * HOUR for number in range(drawn)]
    return hourly(
        f"{title}: bad of all",
        "%",
        [(hour, _percent_bad(by_hour.get(hour))) for hour in hours],
        limit=standing.objective.budget * 100,
        limit_label="allowed",
        marked=(max(since, start), standing.at),
    )


def _percent_bad(row: Row | None) -> float | None:
    if row is None or not row["total_count"]:
        return None
    return float(Fraction(100 * (row["total_count"] - row["good_count"]), row["total_count"]))
