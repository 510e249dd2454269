"""Alerting days become incidents with a price, at the highest level that fires."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from domain.anomaly.incidents import Impact, Incident, impact, incidents, is_material, money_gate, ranked
from domain.anomaly.rollup import rolled_up


def test_alerts_at_most_three_days_apart_are_one_incident() -> None:
    alerts = np.zeros((3, 12), dtype=bool)
    alerts[0, [1, 4, 8]] = True
    alerts[2, 11] = True
    assert incidents(alerts) == [[Incident(1, 5), Incident(8, 9)], [], [Incident(11, 12)]]


def test_an_open_incident_runs_on_to_the_end_of_the_month() -> None:
    actual, expected = np.array([20.0, np.nan, 30.0]), np.array([10.0, 10.0, 10.0])
    found = impact(actual, expected, date(2026, 11, 19), is_open=True)
    assert found == Impact(Decimal(30), Decimal(30) + Decimal(15) * 9)
    assert impact(actual, expected, date(2026, 11, 19), is_open=False) == Impact(Decimal(30), Decimal(30))
    assert impact(actual, expected, date(2026, 12, 29), is_open=True).to_month_end == Decimal(30)
    assert impact(np.array([np.nan]), np.array([1.0]), date(2026, 11, 19), is_open=True) == Impact(
        Decimal(0), Decimal(0)
    )


def test_money_is_added_to_the_last_cent() -> None:
    found = impact(np.array([0.1, 0.2]), np.zeros(2), date(2026, 11, 1), is_open=False)
    assert found.so_far == Decimal("0.3")


def test_a_message_is_sent_above_five_dollars_or_a_part_of_what_the_organisation_spends() -> None:
    assert money_gate(Decimal(0)) == money_gate(Decimal(10_000)) == Decimal(5)
    assert money_gate(Decimal(20_000)) == Decimal(10)
    assert not is_material(Impact(Decimal(5), Decimal(5)), Decimal(5))
    assert is_material(Impact(Decimal(1), Decimal("5.01")), Decimal(5))
    assert is_material(Impact(Decimal("-5.01"), Decimal(-5)), Decimal(5))


def test_the_largest_impact_comes_first_whichever_way_it_goes() -> None:
    assert ranked([Impact(Decimal(0), Decimal(one)) for one in (3, -9, 3, 4)]) == [1, 3, 0, 2]


PARENTS = {"model": "feature", "feature": "team", "other": "team", "team": "org", "lonely": "org"}


@pytest.mark.parametrize(
    ("firing", "found"),
    [
        ([], {}),
        (["model"], {"model": []}),
        (["model", "feature", "other"], {"feature": ["model"], "other": []}),
        (["model", "other", "team", "lonely"], {"team": ["model", "other"], "lonely": []}),
        (["lonely", "org", "model"], {"org": ["lonely", "model"]}),
        (["stranger"], {"stranger": []}),
    ],
)
def test_the_highest_level_that_fires_alerts_with_its_leaves(firing: list[str], found: dict[str, list[str]]) -> None:
    assert rolled_up(firing, PARENTS) == found


def test_levels_in_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        rolled_up(["a"], {"a": "b", "b": "a"})
