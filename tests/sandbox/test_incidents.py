"""The company's incidents: what must always be among them, and that a moment knows nothing of later ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.catalog import ANTHROPIC, FEATURES, OPENAI
from sandbox.company import Company
from sandbox.incident_actions import ACTION_COLUMNS, action_rows
from sandbox.incidents import HISTORY_DAYS, OUTAGE_DAYS_BEFORE, SHOP_SERVICE, CompanyIncident, company_incidents
from sandbox.provider_incidents import provider_incidents

ANCHOR = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


@pytest.fixture(params=[7, 8, 99])
def incidents(request: pytest.FixtureRequest) -> tuple[CompanyIncident, ...]:
    return company_incidents(request.param, ANCHOR)


def test_the_same_seed_tells_the_same_and_another_something_else() -> None:
    assert company_incidents(7, ANCHOR) == company_incidents(7, ANCHOR)
    assert company_incidents(7, ANCHOR) != company_incidents(8, ANCHOR)


def test_they_cover_the_months_the_demo_loads(incidents: tuple[CompanyIncident, ...]) -> None:
    days = [(ANCHOR - one.declared_at.date()).days for one in incidents]
    assert 80 < max(days) <= HISTORY_DAYS + 1
    assert len({one.incident_id for one in incidents}) == len(incidents) == 29
    assert {one.priority for one in incidents} == {"P1", "P2", "P3", "P4"}
    assert {one.service for one in incidents} <= {feature.key for feature in FEATURES} | {SHOP_SERVICE}


def test_every_awkward_kind_is_among_them(incidents: tuple[CompanyIncident, ...]) -> None:
    assert [one.title for one in incidents if one.over_at(LATER) is None] == [
        "Shopping guide recommends sold-out goods"
    ]
    (reopened,) = [one for one in incidents if len(one.impact) > 1]
    assert reopened.over_at(reopened.impact[1][0]) is None
    (merged,) = [one for one in incidents if one.merged_into]
    assert any(one.incident_id == merged.merged_into for one in incidents)
    assert len([one for one in incidents if not one.start_is_told]) == 1
    assert len([one for one in incidents if one.declared_at < one.impact[0][0]]) == 1
    (today,) = [one for one in incidents if one.declared_at.date() == ANCHOR]
    assert (today.over_at(NOW), today.over_at(LATER)) == (None, today.impact[0][1])


def test_a_provider_was_down_for_long_while_the_company_was() -> None:
    day = ANCHOR - timedelta(days=OUTAGE_DAYS_BEFORE)
    (long,) = [one for one in provider_incidents(7, ANCHOR, ANTHROPIC) if one.started_at.date() == day]
    assert long.monitoring_at - long.started_at > timedelta(hours=6)
    (own,) = [one for one in company_incidents(7, ANCHOR) if one.cause == "provider"]
    assert long.started_at < own.impact[0][0] < long.monitoring_at
    assert any(one.resolved_at > NOW for one in provider_incidents(7, ANCHOR, OPENAI))


def test_items_are_known_when_the_postmortem_is_written() -> None:
    company = Company(7, ANCHOR)
    found = [dict(zip(ACTION_COLUMNS, row, strict=True)) for row in action_rows(company, NOW)]
    assert {row["state"] for row in found} >= {"open", "done"}
    assert all(bool(row["completed_at"]) == (row["state"] == "done") for row in found)
    assert len(list(action_rows(company, NOW - timedelta(days=60)))) < len(found)
