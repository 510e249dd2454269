"""Closed weeks as they were known at a moment, on every engine."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from queries.runner import run
from store.cost_snapshots import take_cost_snapshot
from store.engine import Store
from store.reference import sync_reference
from tests.store.test_cost_snapshots import (
    CLOSED,
    DESK,
    FIRST,
    LATER,
    OTHER,
    SECOND,
    THIRD,
    bills,
    owned_by,
)
from tests.support.facts import charge, days, load

ASKED: dict[str, Any] = {"start": date(2026, 11, 4), "end": date(2026, 11, 18), "currency": "USD", "measure": "billed"}
BETWEEN = CLOSED + timedelta(days=1)
AFTER = LATER + timedelta(days=1)


@pytest.fixture
def restated(store: Store) -> Store:
    """Two weeks on record; the second was restated two days later, and the third is not over."""
    sync_reference(store, owned_by(DESK))
    bills(store, 16)
    take_cost_snapshot(store, CLOSED)
    bills(store, 16, changed="2.75", now=LATER)
    load(store, [charge(16, "7")], days(16, 18), now=LATER)
    take_cost_snapshot(store, LATER)
    return store


def weeks(store: Store, as_of: datetime, scope_type: str = "organization", **more: Any) -> list[tuple[Any, ...]]:
    rows = run(store, "cost/weeks_as_known", **{**ASKED, **more}, as_of=as_of, scope_type=scope_type).rows()
    return [(r["week_start"], r["scope"], r["known_cost"], r["current_cost"], r["change_cost"]) for r in rows]


def test_a_restated_week_shows_what_was_known_and_what_is(restated: Store) -> None:
    assert weeks(restated, BETWEEN) == [
        (THIRD, "", None, Decimal(7), None),
        (SECOND, "", Decimal("2.5"), Decimal("2.75"), Decimal("0.25")),
        (FIRST, "", Decimal("1.5"), Decimal("1.5"), Decimal(0)),
    ]
    assert weeks(restated, AFTER)[1] == (SECOND, "", Decimal("2.75"), Decimal("2.75"), Decimal(0))


def test_the_moment_of_the_record_itself_counts(restated: Store) -> None:
    assert weeks(restated, LATER)[1][2] == Decimal("2.75")
    assert weeks(restated, LATER - timedelta(microseconds=1))[1][2] == Decimal("2.5")


def test_before_anything_was_on_record_nothing_was_known(restated: Store) -> None:
    before = CLOSED - timedelta(microseconds=1)
    assert {known for _, _, known, _, _ in weeks(restated, before)} == {None}


def test_it_says_since_when_a_figure_was_known_and_when_it_changed(restated: Store) -> None:
    rows = run(restated, "cost/weeks_as_known", **ASKED, as_of=BETWEEN, scope_type="organization").rows()
    closed, later = CLOSED.replace(tzinfo=None), LATER.replace(tzinfo=None)
    assert [(r["taken_at"], r["changed_at"], r["first_taken_at"]) for r in rows] == [
        (None, None, None),
        (closed, later, closed),
        (closed, None, closed),
    ]


def test_a_changed_owner_moves_costs_between_features_and_not_the_whole(restated: Store) -> None:
    sync_reference(restated, owned_by(OTHER))
    take_cost_snapshot(restated, AFTER)
    moved = {(week, scope): (known, now) for week, scope, known, now, _ in weeks(restated, BETWEEN, "feature")}
    assert moved[FIRST, "desk"] == (Decimal("1.5"), Decimal(0))
    assert moved[FIRST, "search"] == (Decimal(0), Decimal("1.5"))
    assert weeks(restated, BETWEEN)[2] == (FIRST, "", Decimal("1.5"), Decimal("1.5"), Decimal(0))


@pytest.mark.parametrize("scope_type", ["organization", "provider", "team", "feature", "model", "environment"])
def test_every_split_adds_up_to_the_week(restated: Store, scope_type: str) -> None:
    parts = weeks(restated, BETWEEN, scope_type)
    for week, known, now in ((SECOND, Decimal("2.5"), Decimal("2.75")), (FIRST, Decimal("1.5"), Decimal("1.5"))):
        assert sum((part[2] for part in parts if part[0] == week), Decimal()) == known
        assert sum((part[3] for part in parts if part[0] == week), Decimal()) == now


def test_only_the_scopes_asked_for_and_only_one_currency(restated: Store) -> None:
    bills(restated, 16, source="euro", billing_currency="EUR", billing_account_id="org-2", provider="mistral")
    assert {scope for _, scope, *_ in weeks(restated, BETWEEN, "provider", scope=["openai"])} == {"openai"}
    assert weeks(restated, BETWEEN, "provider", scope=["mistral"]) == []
    euros = weeks(restated, BETWEEN, currency="EUR")
    assert [(week, known, now) for week, _, known, now, _ in euros] == [
        (SECOND, None, Decimal("2.5")),
        (FIRST, None, Decimal("1.5")),
    ]


def test_weeks_are_whole_although_the_period_cuts_them(restated: Store) -> None:
    cut = {"start": date(2026, 11, 8), "end": date(2026, 11, 10)}
    assert [week for week, *_ in weeks(restated, BETWEEN, **cut)] == [SECOND, FIRST]
    assert weeks(restated, BETWEEN, **cut)[0][2] == Decimal("2.5")


def test_the_effective_cost_is_on_record_too(store: Store) -> None:
    load(store, [charge(3, "1.5", effective_cost=Decimal("1.25"))], days(2, 9), now=datetime(2026, 11, 9, tzinfo=UTC))
    take_cost_snapshot(store, CLOSED)
    assert weeks(store, CLOSED, measure="effective")[0][2] == Decimal("1.25")
