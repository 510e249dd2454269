"""One alert for the highest level that fires; its leaves are in its thread."""

import pytest

from alerts.grouping import containers
from store.engine import Store
from tests.alerts.problems import containing, look, newest, problem, routing_to, transitions
from tests.alerts.support import alerts


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


def status(store: Store) -> dict[str, str]:
    return {alert.fingerprint: alert.status for alert in alerts(store)}


def test_a_leaf_goes_on_in_its_parent_and_comes_back_when_the_parent_ends(store: Store) -> None:
    look(store, 0, problem("leaf"))
    told = look(store, 1, problem("leaf"), problem("bud"), containing("tree", "leaf", "bud", "absent"))
    assert sorted(told) == [
        "leaf slack reply grouped",
        "leaf slack update grouped",
        "tree slack post opened",
        "tree slack reply joined",
    ]
    assert status(store) == {"leaf": "resolved", "tree": "open"}
    assert next(a.summary for a in alerts(store) if a.fingerprint == "leaf") == (
        "It goes on as a part of one alert: tree is bad."
    )
    assert look(store, 2, problem("leaf"), problem("bud"), containing("tree", "leaf", "bud")) == []
    assert look(store, 3, problem("leaf"), problem("thorn"), containing("tree", "leaf", "thorn")) == [
        "tree slack reply joined"
    ]
    assert newest(store).summary == "thorn is bad"
    told = look(store, 4, problem("leaf"), problem("tree", state="over"))
    assert sorted(told) == [
        "leaf slack reply reopened",
        "leaf slack update reopened",
        "tree slack reply resolved",
        "tree slack update resolved",
    ]
    assert transitions(store).count("grouped") == 1


def test_who_cannot_thread_hears_of_the_tree_only(store: Store) -> None:
    teams = routing_to("teams")
    assert look(store, 0, problem("leaf"), containing("tree", "leaf"), routing=teams) == ["tree teams post opened"]


def test_the_highest_of_several_levels_contains_all_and_a_circle_contains_nothing() -> None:
    levels = [containing("a", "b"), containing("b", "c"), containing("x", "y"), containing("y", "x")]
    assert {name: top.fingerprint for name, top in containers(levels).items()} == {"b": "a", "c": "a"}
