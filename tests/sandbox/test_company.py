"""The company is realistic, reproducible and independent of how it is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from genai_prices import Usage, calc_price
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.catalog import FEATURES, MODELS, SHARED_FEATURE, TEAMS
from sandbox.company import SETTLE_HOURS, Company
from sandbox.events import (
    LAUNCH_DAYS_BEFORE,
    LAUNCH_FEATURE,
    ROUTING_DAYS_BEFORE,
    SPIKE_FEATURE,
    spike_days_before,
)
from sandbox.prices import TOKEN_PRICES, usd_per_million
from sandbox.timeline import epoch_day, epoch_hour
from sandbox.traffic import Measure
from sandbox.truth import BilledCost, Truth

ANCHOR = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)
_COMPANY = Company(7, ANCHOR)
_ANCHOR_HOUR = epoch_day(ANCHOR) * 24


def test_the_same_seed_and_anchor_give_the_same_company() -> None:
    twin = Company(7, ANCHOR)
    window = (_ANCHOR_HOUR - 500, _ANCHOR_HOUR + 500)
    assert np.array_equal(twin.final_counts(*window), _COMPANY.final_counts(*window))
    assert [stream.project_id for stream in twin.streams] == [s.project_id for s in _COMPANY.streams]


def test_another_seed_gives_other_numbers_and_ids() -> None:
    other = Company(8, ANCHOR)
    window = (_ANCHOR_HOUR - 48, _ANCHOR_HOUR)
    assert not np.array_equal(other.final_counts(*window), _COMPANY.final_counts(*window))
    assert other.streams[0].project_id != _COMPANY.streams[0].project_id


@settings(max_examples=40, deadline=None)
@given(start=st.integers(-9_600, 900), first=st.integers(1, 400), second=st.integers(1, 400))
def test_two_windows_side_by_side_are_the_window_around_both(start: int, first: int, second: int) -> None:
    begin = _ANCHOR_HOUR + start
    streams = list(range(len(_COMPANY.streams)))
    whole = _COMPANY.counts(streams, begin, begin + first + second, NOW)
    left = _COMPANY.counts(streams, begin, begin + first, NOW)
    right = _COMPANY.counts(streams, begin + first, begin + first + second, NOW)
    assert np.array_equal(whole, np.concatenate([left, right], axis=2))


def test_a_stream_counts_the_same_alone_and_among_others() -> None:
    window = (_ANCHOR_HOUR - 60, _ANCHOR_HOUR)
    everything = _COMPANY.counts(range(len(_COMPANY.streams)), *window, NOW)
    assert np.array_equal(everything[:, [5]], _COMPANY.counts([5], *window, NOW))


def test_recent_hours_are_restated_upwards_and_settle_after_two_days() -> None:
    streams = list(range(len(_COMPANY.streams)))
    now_hour = epoch_hour(NOW)
    window = (now_hour - SETTLE_HOURS - 24, now_hour)
    final = _COMPANY.final_counts(*window)
    reported = _COMPANY.counts(streams, *window, NOW)
    assert np.array_equal(reported[:, :, :25], final[:, :, :25])
    assert (reported <= final).all()
    recent = reported[Measure.OUTPUT, :, 25:].sum() / final[Measure.OUTPUT, :, 25:].sum()
    assert 0.93 < recent < 0.995
    missing = (reported[Measure.REQUESTS] == 0) & (final[Measure.REQUESTS] > 0)
    assert missing.any()
    later = _COMPANY.counts(streams, *window, NOW + timedelta(hours=7))
    assert (later >= reported).all()


def test_the_answer_is_the_same_within_one_hour() -> None:
    window = (_ANCHOR_HOUR - 24, _ANCHOR_HOUR + 24)
    assert np.array_equal(
        _COMPANY.counts([0, 1], *window, NOW), _COMPANY.counts([0, 1], *window, NOW.replace(minute=59))
    )


def test_the_running_hour_and_the_future_are_empty() -> None:
    now_hour = epoch_hour(NOW)
    assert not _COMPANY.counts(range(len(_COMPANY.streams)), now_hour, now_hour + 30, NOW).any()


def test_the_demo_goes_on_for_weeks_after_the_anchor() -> None:
    later = NOW + timedelta(days=60)
    hours = epoch_hour(later)
    assert _COMPANY.counts([0], hours - 24, hours, later)[Measure.REQUESTS].sum() > 0


def test_there_are_400_days_of_history() -> None:
    first = _ANCHOR_HOUR - 400 * 24
    assert _COMPANY.final_counts(first, first + 24)[Measure.REQUESTS].sum() > 0


def test_at_least_twelve_features_in_five_teams_on_three_tiers() -> None:
    assert len(FEATURES) >= 12
    assert {feature.team for feature in FEATURES} == {team.key for team in TEAMS}
    assert len(TEAMS) == 5
    assert {feature.tier for feature in FEATURES} == {"critical", "standard", "internal"}
    assert {stream.feature for stream in _COMPANY.streams} == {f.key for f in FEATURES} | {None}


def test_a_project_belongs_to_one_feature_and_environment() -> None:
    owners: dict[str, set[tuple[str | None, str]]] = {}
    for stream in _COMPANY.streams:
        owners.setdefault(stream.project_id, set()).add((stream.feature, stream.environment))
    assert all(len(owner) == 1 for owner in owners.values())


@pytest.mark.parametrize("provider", sorted(MODELS))
def test_models_and_prices_are_those_of_the_public_price_list(provider: str) -> None:
    for model in MODELS[provider]:
        listed = calc_price(Usage(input_tokens=1000, output_tokens=100), model, provider_id=provider)
        ours = TOKEN_PRICES[model]
        assert listed.total_price == (1000 * ours[Measure.UNCACHED] + 100 * ours[Measure.OUTPUT]) / 10**6
        assert listed.model.id == model


def test_monthly_spend_is_realistic_and_a_little_of_it_has_no_owner() -> None:
    truth = Truth(_COMPANY)
    window = (ANCHOR - timedelta(days=33), ANCHOR - timedelta(days=3))
    total = truth.total_cost(*window, NOW)
    assert 100_000 < total < 200_000
    assert Decimal("0.02") < truth.unattributed_cost(*window, NOW) / total < Decimal("0.04")


def test_others_bear_the_shared_costs_whole_and_by_their_direct_costs() -> None:
    truth = Truth(_COMPANY)
    window = (ANCHOR - timedelta(days=9), ANCHOR - timedelta(days=3))
    direct, borne = truth.billed_costs(*window, NOW), truth.borne_costs(*window, NOW)
    shared = sum(cost.billed_cost for cost in direct if cost.feature == SHARED_FEATURE)
    assert 0 < shared < Decimal("0.05") * truth.total_cost(*window, NOW)
    assert not any(cost.feature == SHARED_FEATURE for cost in borne)
    moved = sum(cost.billed_cost for cost in borne) - sum(cost.billed_cost for cost in direct)
    assert abs(moved) < Decimal("1e-18")
    assert truth.unattributed_cost(*window, NOW) == sum(c.billed_cost for c in borne if c.feature is None)
    for day in {cost.day for cost in direct}:
        added = {
            feature: _sum_of(borne, day, feature) / _sum_of(direct, day, feature)
            for feature in ("support-assistant", "voice-replies")
        }
        assert added["support-assistant"] > 1
        assert abs(added["support-assistant"] - added["voice-replies"]) < Decimal("1e-18")


def _sum_of(costs: list[BilledCost], day: date, feature: str) -> Decimal:
    return sum((cost.billed_cost for cost in costs if (cost.day, cost.feature) == (day, feature)), Decimal(0))


def test_120_days_hold_at_most_120_000_hourly_rows() -> None:
    counts = _COMPANY.final_counts(_ANCHOR_HOUR - 120 * 24, _ANCHOR_HOUR)
    rows = int((counts != 0).any(axis=0).sum())
    assert 60_000 < rows <= 120_000


def _daily_cost(feature: str, days_before: int, model: str | None = None) -> Decimal:
    day = ANCHOR - timedelta(days=days_before)
    rows = Truth(_COMPANY).billed_costs(day, day + timedelta(days=1), NOW)
    return sum((r.billed_cost for r in rows if r.feature == feature and model in (None, r.model)), Decimal(0))


def test_the_launched_feature_starts_from_nothing() -> None:
    assert _daily_cost(LAUNCH_FEATURE, LAUNCH_DAYS_BEFORE + 40) == 0
    assert _daily_cost(LAUNCH_FEATURE, LAUNCH_DAYS_BEFORE - 20) > 3 * _daily_cost(LAUNCH_FEATURE, LAUNCH_DAYS_BEFORE)


def test_the_routing_change_moves_code_review_to_the_dearer_model() -> None:
    week_before = ROUTING_DAYS_BEFORE + 7
    week_after = ROUTING_DAYS_BEFORE - 7
    assert _daily_cost("code-review", week_before, "claude-opus-5") == 0
    assert _daily_cost("code-review", week_after) > Decimal("1.5") * _daily_cost("code-review", week_before)


def test_the_spike_lasts_one_day() -> None:
    day = spike_days_before(ANCHOR)
    spike = _daily_cost(SPIKE_FEATURE, day)
    assert spike > 4 * _daily_cost(SPIKE_FEATURE, day + 7)
    assert spike > 4 * _daily_cost(SPIKE_FEATURE, day - 1)


@pytest.mark.parametrize("offset", range(7))
def test_the_spike_falls_on_a_weekday_whatever_the_anchor(offset: int) -> None:
    anchor = ANCHOR + timedelta(days=offset)
    days = spike_days_before(anchor)
    assert (anchor - timedelta(days=days)).weekday() < 5
    assert days in (11, 12, 13)


def test_the_price_change_applies_from_its_day_on() -> None:
    change = _COMPANY.events[0].occurred_at.date()

    def price(day: date) -> Decimal:
        return usd_per_million("openai", "gpt-5.4", Measure.UNCACHED, "default", day, ANCHOR)

    assert price(change - timedelta(days=1)) == Decimal("3")
    assert price(change) == Decimal("2.5")


def test_events_are_in_order_of_time() -> None:
    times = [event.occurred_at for event in _COMPANY.events]
    assert times == sorted(times)
    assert [event.kind for event in _COMPANY.events] == [
        "price_change",
        "launch",
        "routing_change",
        "cost_spike",
    ]
    assert max(times) < datetime(2026, 11, 20, tzinfo=UTC)
