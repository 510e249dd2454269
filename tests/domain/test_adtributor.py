"""Which dimension carries a change: the published vector, offsetting moves, and what holds for any cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.adtributor import Carried, carried_by
from domain.exact import to_units


@dataclass
class Change:
    """One cell: its label in every dimension, and what was expected and came."""

    labels: Mapping[str, str]
    expected: Decimal
    actual: Decimal


def carried(cells: Sequence[Change], dimensions: Sequence[str]) -> Carried:
    labels = {name: [cell.labels[name] for cell in cells] for name in dimensions}
    expected, actual = (
        np.array(to_units(amounts), dtype=object)
        for amounts in ([cell.expected for cell in cells], [cell.actual for cell in cells])
    )
    return carried_by(labels, expected, actual)


def change(expected: str, actual: str, **labels: str) -> Change:
    return Change(labels, Decimal(expected), Decimal(actual))


def test_three_models_explain_more_than_two_teams() -> None:
    """The cells spread each model over both teams so that either dimension has its published sums."""
    models = {"small": ("7.68", "7.776"), "large": ("21", "45.36"), "max": ("0", "21.6")}
    teams = {"a": ("14", "30"), "b": ("14.68", "44.736")}
    by_model = [change(*pair, model=name, team="-") for name, pair in models.items()]
    by_team = [change(*pair, model="-", team=name) for name, pair in teams.items()]
    (model,) = [found for found in carried(by_model, ["model", "team"]).dimensions if found.name == "model"]
    assert model.surprise == pytest.approx(0.1031, abs=5e-5)
    assert [(element.label, round(element.explained_ratio, 3)) for element in model.elements] == [
        ("max", 0.469),
        ("large", 0.529),
    ]
    (team,) = [found for found in carried(by_team, ["model", "team"]).dimensions if found.name == "team"]
    assert team.surprise == pytest.approx(0.0038, abs=5e-5)
    assert not model.offsetting


def test_the_more_surprising_dimension_comes_first_and_is_looked_into_once() -> None:
    cells = [
        change("10", "10", model="small", team="a"),
        change("10", "40", model="large", team="a"),
        change("10", "10", model="large", team="b"),
        change("10", "10", model="small", team="b"),
    ]
    found = carried(cells, ["team", "model"])
    assert {dimension.name: [e.label for e in dimension.elements] for dimension in found.dimensions} == {
        "model": ["large"],
        "team": ["a"],
    }
    assert found.dimensions[0].name == "model"
    (inside,) = found.inside
    assert (inside.name, [element.label for element in inside.elements]) == ("team", ["a"])
    assert (inside.elements[0].expected, inside.elements[0].actual) == (10, 40)


def test_moves_that_nearly_cancel_out_are_said_to_and_measured_by_the_gross_change() -> None:
    cells = [change("10", "30", model="new"), change("30", "11", model="old")]
    (model,) = carried(cells, ["model"]).dimensions
    assert model.offsetting
    assert {e.label: e.explained_ratio for e in model.elements} == {
        "new": pytest.approx(20 / 39),
        "old": pytest.approx(19 / 39),
    }


def test_a_net_change_of_exactly_a_tenth_of_the_gross_is_not_offsetting() -> None:
    cells = [change("0", "11", model="new"), change("9", "0", model="old")]
    (model,) = carried(cells, ["model"]).dimensions
    assert not model.offsetting
    assert [element.label for element in model.elements] == ["new"]
    assert model.explained_ratio == 5.5


def test_many_small_moves_have_no_carrier() -> None:
    assert carried([change("1", "2", model=str(n)) for n in range(10)], ["model"]).dimensions == ()


def test_nothing_moved_and_nothing_carries_it() -> None:
    assert carried([change("5", "5", model="m")], ["model"]).dimensions == ()
    assert carried([], ["model"]).dimensions == ()


def test_at_most_three_dimensions_are_shown() -> None:
    names = ["a", "b", "c", "d"]
    assert len(carried([change("5", "9", **dict.fromkeys(names, "x"))], names).dimensions) == 3


MONEY = st.decimals(min_value=-1000, max_value=10**6, places=12)
LABELS = st.sampled_from("abcd")


@given(st.lists(st.builds(lambda x, e, a: Change({"x": x, "y": e}, *a), LABELS, LABELS, st.tuples(MONEY, MONEY))))
def test_a_carrier_explains_more_than_two_thirds_with_elements_of_more_than_a_tenth_each(cells: list[Change]) -> None:
    found = carried(cells, ["x", "y"])
    for dimension in (*found.dimensions, *found.inside):
        assert dimension.explained_ratio > 0.67 - 1e-9
        assert all(element.explained_ratio > 0.1 - 1e-9 for element in dimension.elements)
        assert all(element.surprise >= -1e-12 for element in dimension.elements)
    for dimension in found.dimensions:
        for element in dimension.elements:
            inside = [cell for cell in cells if cell.labels[dimension.name] == element.label]
            assert element.expected == sum((cell.expected for cell in inside), Decimal())
            assert element.actual == sum((cell.actual for cell in inside), Decimal())
    surprises = [dimension.surprise for dimension in found.dimensions]
    assert surprises == sorted(surprises, reverse=True)
