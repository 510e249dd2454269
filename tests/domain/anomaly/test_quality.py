"""Recall and false alerts on one fixed company, with margin: a regression shows. Measured figures: `bench.anomaly`."""

import pytest

from domain.anomaly.daily import score_days
from domain.anomaly.method import LATENCY, RATIO
from domain.anomaly.rates import score_rates
from domain.anomaly.unit_cost import cost_per_request, with_unit_cost
from tests.domain.anomaly.generator import FIRST_DAY, company, latencies, rates
from tests.domain.anomaly.measure import Quality, quality

SEED, FEATURES = 77, 220


@pytest.fixture(scope="module")
def qualities() -> tuple[Quality, Quality]:
    """Of cost alone, and with cost per request."""
    made = company(SEED, FEATURES)
    alone = score_days(made.cost, FIRST_DAY)
    ratio = score_days(cost_per_request(made.cost, made.requests), FIRST_DAY, RATIO)
    both = with_unit_cost(alone, ratio, made.requests)
    return quality(alone.alerts(), made.accidents), quality(both.alerts(), made.accidents)


def test_most_accidents_are_found_and_few_alerts_are_false(qualities: tuple[Quality, Quality]) -> None:
    found = qualities[1]
    assert found.recall > 0.70
    assert found.false_per_series_month < 0.06
    assert found.f1 > 0.62
    assert found.excess_share > 0.85


def test_each_kind_of_accident_is_found(qualities: tuple[Quality, Quality]) -> None:
    least = {"drop": 0.75, "level up": 0.65, "routing": 0.6, "leak": 0.6, "spike": 0.45, "burst": 0.45}
    assert {kind for kind, found in qualities[1].kinds.items() if found.recall < least[kind]} == set()
    assert qualities[1].kinds["leak"].median_delay < 15


def test_cost_per_request_finds_more_dearer_models_for_hardly_more_false_alerts(
    qualities: tuple[Quality, Quality],
) -> None:
    alone, both = qualities
    assert both.kinds["routing"].recall > alone.kinds["routing"].recall
    assert both.kinds["leak"].recall > alone.kinds["leak"].recall
    assert both.false_per_series_month < alone.false_per_series_month + 0.01


def test_rates_and_latencies_are_found_too() -> None:
    bad, total, accidents = rates(SEED, 100)
    of_rates = quality(score_rates(bad, total).alerts(), accidents, since=56)
    values, accidents = latencies(SEED, 100)
    of_latency = quality(score_days(values, FIRST_DAY, LATENCY).alerts(), accidents)
    assert of_rates.recall > 0.65
    assert of_latency.recall > 0.75
    assert of_rates.false_per_series_month < 0.02
    assert of_latency.false_per_series_month < 0.04
