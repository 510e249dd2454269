"""Budgets up the hierarchy: who is told within which alert, however they rise and fall."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.base import Finding, State
from alerts.budget_tree import LISTED, NAMED, with_leaves
from alerts.leaves import parted
from alerts.lifecycle import REOPEN_WITHIN, decide
from alerts.routing import Route, Routing
from alerts.transition import OPEN
from store.engine import Store
from store.tables import Alert
from tests.alerts.problems import do, look, newest, notice, routing_to, transitions
from tests.alerts.support import NOW, alerts, outbox

TREE = (("organization", ""), ("team", "red"), ("team", "blue"), ("feature", "desk"), ("provider", "openai"))


def row(scope_type: str, scope: str, spent: int = 90, **more: Any) -> dict[str, Any]:
    values = {
        "scope_type": scope_type,
        "scope": scope,
        "name": scope,
        "owner": None,
        "team": {"feature": "red"}.get(scope_type, scope),
        "period": "month",
        "period_start": date(2026, 11, 1),
        "currency": "USD",
        "billed_cost": Decimal(spent),
        "budget_amount": Decimal(100),
    }
    return values | more


def finding(of: dict[str, Any], level: int = 4, state: State = "firing") -> Finding:
    name = f"{of['scope_type']} {of['scope']}".strip()
    return Finding(
        fingerprint=name,
        state=state,
        severity="ticket" if level >= 3 else "info",
        level=level,
        title=f"{name} is heading over",
        summary=f"{name} at {level}.",
        facts={},
        scope={} if of["scope_type"] == "organization" else {of["scope_type"]: of["scope"]},
    )


def budgets(**levels: int) -> list[Finding]:
    """Of the tree those that are named, each firing at its level."""
    rows = [row(kind, scope) for kind, scope in TREE if (scope or kind) in levels]
    return with_leaves(rows, [finding(of, levels[of["scope"] or of["scope_type"]]) for of in rows])


def leaves(found: list[Finding]) -> dict[str, tuple[str, ...]]:
    return {one.fingerprint: one.children for one in found if one.children}


def test_a_budget_names_what_fires_below_it_the_largest_first_with_share_and_owner() -> None:
    rows = [row("organization", "", 180), row("team", "red", 70, owner="Ana"), row("feature", "desk", 90, owner="Bo")]
    organization, team, _ = with_leaves(rows, [finding(of) for of in rows])
    assert organization.why == (
        "feature desk is heading over: $90 of $100 (90%); owner Bo.",
        "team red is heading over: $70 of $100 (70%); owner Ana.",
    )
    assert organization.parts == (("Feature desk", Decimal("0.5")), ("Team red", Decimal(70) / 180))
    assert organization.children == ("feature desk", "team red")
    assert team.children == ("feature desk",)


def test_what_is_graver_or_of_another_period_or_currency_or_no_part_of_the_tree_is_no_leaf() -> None:
    assert leaves(budgets(organization=2, red=6, blue=2, desk=6, openai=2)) == {
        "organization": ("team blue",),
        "team red": ("feature desk",),
    }
    for other in ({"period": "quarter"}, {"currency": "EUR"}, {"period_start": date(2026, 10, 1)}):
        rows = [row("organization", ""), row("team", "red", **other)]
        assert leaves(with_leaves(rows, [finding(of) for of in rows])) == {}
    quiet = [row("organization", ""), row("team", "red")]
    assert leaves(with_leaves(quiet, [finding(quiet[0], 4, "pending"), finding(quiet[1], 1)])) == {}


def test_thousands_of_leaves_are_named_within_bounds() -> None:
    rows = [row("organization", ""), *(row("feature", f"f{number}", number % 90) for number in range(3000))]
    organization, *_ = with_leaves(rows, [finding(of) for of in rows])
    assert len(organization.children) == 3000
    assert len(organization.parts) == LISTED
    assert len(organization.why) == NAMED + 1
    assert organization.why[-1] == "2,990 more budgets below it are in danger."


def test_what_has_an_alert_of_its_own_keeps_it_and_what_is_new_goes_to_the_highest(duckdb_store: Store) -> None:
    store = duckdb_store
    assert look(store, 0, *budgets(red=2)) == ["team red slack post opened"]
    assert look(store, 1, *budgets(organization=2, red=2, blue=2, desk=2)) == [
        "organization slack post opened",
        "organization slack reply joined",
    ]
    assert newest(store).summary == "feature desk is heading over; team blue is heading over"
    assert sorted(look(store, 2, *budgets(organization=4, red=4, blue=4, desk=2))) == [
        "organization slack reply joined",
        "organization slack reply worsened",
        "organization slack update worsened",
        "team red slack reply worsened",
        "team red slack update worsened",
    ]
    risen = [
        one
        for one in (notice(message.payload) for message in sorted(outbox(store), key=lambda m: m.created_at))
        if one.transition == "joined"
    ]
    assert risen[-1].summary == "team blue is heading over", "it has risen, the feature has not"
    assert look(store, 3, *budgets(organization=4, red=4, blue=6, desk=2)) == ["team blue slack post opened"]
    look(store, 30, *budgets(organization=6, red=6, blue=6, desk=2))
    assert {alert.fingerprint: alert.status for alert in alerts(store)} == dict.fromkeys(
        ("organization", "team red", "team blue"), "open"
    )
    ended = [replace(one, state="over") for one in budgets(organization=0, red=0, blue=0)]
    assert "feature desk slack post opened" in look(store, 31, *ended, *budgets(desk=2))
    assert transitions(store).count("resolved") == 3


def two_places(**team: tuple[str, ...]) -> Routing:
    slack, teams = routing_to("slack", "teams").destinations.values()
    made = {"slack": slack, "teams": teams}
    return Routing(made, [Route(label="route 1", match=dict(team), to=("teams",))], default=("slack",))


def test_a_leaf_that_goes_elsewhere_is_told_there(duckdb_store: Store) -> None:
    told = look(duckdb_store, 0, *budgets(organization=4, red=4, blue=4), routing=two_places(team=("red",)))
    assert sorted(told) == [
        "organization slack post opened",
        "organization slack reply joined",
        "team red teams post opened",
    ]


@pytest.mark.parametrize("kind", ["teams", "pagerduty"])
def test_what_joins_later_is_told_where_nothing_can_be_added_to_a_message(duckdb_store: Store, kind: str) -> None:
    routing = routing_to(kind)
    assert look(duckdb_store, 0, *budgets(organization=4, red=4), routing=routing) == [
        f"organization {kind} post opened"
    ]
    assert look(duckdb_store, 1, *budgets(organization=4, red=4, blue=4), routing=routing) == [
        f"team blue {kind} post opened"
    ]


def test_what_joins_a_snoozed_alert_is_told_by_itself(duckdb_store: Store) -> None:
    look(duckdb_store, 0, *budgets(organization=4, red=4))
    do(duckdb_store, 0.5, alerts(duckdb_store)[0].alert_id, "snooze", reason="known", until=NOW + timedelta(days=9))
    assert look(duckdb_store, 1, *budgets(organization=4, red=4, blue=4)) == ["team blue slack post opened"]


STEP = st.tuples(st.integers(1, 40), st.lists(st.integers(-1, 6), min_size=len(TREE), max_size=len(TREE)))
"""Hours since the step before, and the level of each budget: -1 is nearly, 0 is over."""


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=12), st.sets(st.tuples(st.integers(1, 4), st.integers(0, 2))))
def test_every_budget_in_danger_is_told_and_never_in_more_messages_than_one_for_each(
    steps: list[tuple[int, list[int]]], elsewhere: set[tuple[int, int]]
) -> None:
    rows = [row(kind, scope) for kind, scope in TREE]
    names = [finding(of).fingerprint for of in rows]
    apart = {(names[leaf], names[larger]) for leaf, larger in elsewhere}
    grouped: dict[str, Alert] = {}
    single: dict[str, Alert] = {}
    opened = {"grouped": dict.fromkeys(names, 0), "single": dict.fromkeys(names, 0)}
    now = NOW
    for hours, levels in steps:
        now += timedelta(hours=hours)
        found = with_leaves(
            rows, [finding(of, max(level, 0), state(level)) for of, level in zip(rows, levels, strict=True)]
        )
        alone = [replace(one, children=()) for one in found]
        for which, known, of_step in (("grouped", grouped, found), ("single", single, alone)):
            for name in [
                name for name, alert in known.items() if alert.resolved_at and now - alert.resolved_at > REOPEN_WITHIN
            ]:
                del known[name]
            told = parted(
                {"r": of_step}, known, lambda _, leaf, larger: (leaf.fingerprint, larger.fingerprint) not in apart
            )
            for change in decide(known, told, (), now):
                assert change.transition != "grouped"
                known[change.alert.fingerprint] = change.alert
                opened[which][change.alert.fingerprint] += change.transition == "opened"
            by_itself = {name for name, alert in known.items() if alert.status in OPEN}
            within = {
                (child, one.fingerprint) for one in told["r"] for child in one.children if one.fingerprint in by_itself
            }
            assert not within & apart
            assert {one.fingerprint for one in found if one.state == "firing"} <= by_itself | {
                child for child, _ in within
            }
            assert not by_itself & {child for child, _ in within}, "nothing is told twice"
    assert all(opened["grouped"][name] <= opened["single"][name] for name in names)


def state(level: int) -> State:
    return "firing" if level > 0 else "over" if level == 0 else "pending"
