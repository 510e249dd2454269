"""Latency: percentiles from added counts, over time and by service, model and provider."""

from bisect import bisect_left
from datetime import timedelta

import numpy as np
import pytest

from app import format as fmt
from domain.slo.buckets import ladder
from domain.slo.percentiles import percentiles
from domain.window import floor_hour
from store.engine import Store
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, outcomes, reading


def expected(column: str, days: int) -> list[float]:
    """Median, P95 and P99 of the seeded requests, from buckets counted one by one."""
    edges = [*map(float, ladder()), 1.0, 2.0]
    edges = sorted(set(edges))
    end = floor_hour(NOW)
    counts = np.zeros((1, len(edges)), dtype=np.int64)
    for one in outcomes.requests(NOW):
        if one.status_code == 200 and end - timedelta(days=days) <= one.started_at < end:
            counts[0, bisect_left(edges, getattr(one, column))] += 1
    found: list[float] = percentiles(edges, counts, (0.5, 0.95, 0.99))[0].tolist()
    return found


def test_the_cards_are_percentiles_of_all_timed_requests(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("latency", span="7 days")
    cards = reading.metrics(app)
    half, most, nearly_all = expected("duration_seconds", 7)
    assert (cards["P50"], cards["P95"], cards["P99"]) == tuple(map(fmt.seconds, (half, most, nearly_all)))
    assert f"Half of the requests are answered within {fmt.seconds(half)}" in reading.text(app)
    assert cards["First token, P95"] == fmt.seconds(expected("time_to_first_token_seconds", 7)[1])


def test_the_first_token_can_be_chosen_and_the_period_too(full_store: Store, open_app: OpenApp) -> None:
    cards = reading.metrics(open_app("latency", measure_of="First token", span="28 days"))
    assert cards["P50"] == fmt.seconds(expected("time_to_first_token_seconds", 28)[0])


def test_each_item_has_its_own_percentiles(full_store: Store, open_app: OpenApp) -> None:
    shown = reading.table_with(open_app("latency", level="Model", span="7 days"), "p95").set_index("item")
    assert list(shown.index) == ["gpt-5.4"]
    assert shown.loc["gpt-5.4", "p95"] == pytest.approx(expected("duration_seconds", 7)[1])


def test_the_heat_map_holds_every_request_once(full_store: Store, open_app: OpenApp) -> None:
    figure, _ = reading.charts(open_app("latency", span="28 days"))[1]
    shares = np.array(figure["data"][0]["z"]).sum(axis=0)
    assert shares == pytest.approx(np.ones(len(shares)), abs=0.001)


def test_without_requests_the_page_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    assert "Load a gateway's log" in reading.text(open_app("latency"))


def test_features_and_teams_are_by_whole_days_and_one_of_them_by_the_day(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("latency", level="feature", span="7 days", owner="research-desk")
    shown = reading.table_with(app, "p95_change").set_index("item")
    whole_days = [
        one for one in outcomes.requests(NOW) if one.status_code == 200 and one.started_at.date() < NOW.date()
    ]
    assert shown["requests"].sum() == len(whole_days)
    logged = {one.feature for one in company.STREAMS if one.model == "gpt-5.4" and one.feature}
    assert set(shown.index) == {one.name for one in company.FEATURES if one.feature in logged}
    assert any("Research desk: whole answer" in chart[1] for chart in reading.charts(app))
    assert "owners are known by the day" in reading.text(app)
    teams = reading.table_with(open_app("latency", level="Team", span="7 days"), "p95_change")
    assert teams["requests"].sum() == len(whole_days)


def test_a_filter_that_owners_do_not_know_is_told(full_store: Store, open_app: OpenApp) -> None:
    text = reading.text(open_app("latency", level="Feature", span="7 days", model="gpt-5.4"))
    assert "Filters of model do not apply to owners." in text
