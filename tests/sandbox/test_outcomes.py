"""Outcomes follow from the company's requests and hold together as counts."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.company import Company
from sandbox.events import spike_days_before
from sandbox.exports import OUTCOMES, write_exports
from sandbox.outcomes import OutcomeCount, outcome_counts
from sandbox.truth import Truth

NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def counted(company: Company) -> list[OutcomeCount]:
    return outcome_counts(company, company.anchor - timedelta(days=60), company.anchor)


def test_a_part_is_never_more_than_its_whole(counted: list[OutcomeCount]) -> None:
    for row in counted:
        assert 0 < row.good <= row.accepted <= row.closed
        assert row.safe is None or row.good <= row.safe <= row.closed


def test_no_day_has_more_outcomes_than_requests(company: Company, counted: list[OutcomeCount]) -> None:
    closed: dict[tuple[date, str], int] = defaultdict(int)
    for row in counted:
        closed[row.day, row.feature] += row.closed
    start, end = min(row.day for row in counted), company.anchor
    first = (start - date(1970, 1, 1)).days * 24
    requests = company.final_counts(first, first + (end - start).days * 24)[0]
    for (day, feature), count in closed.items():
        at = (day - start).days * 24
        streams = [stream.index for stream in company.streams if stream.feature == feature]
        assert count < requests[streams, at : at + 24].sum()


def test_a_retry_loop_costs_but_leads_to_nothing(company: Company, counted: list[OutcomeCount]) -> None:
    spike = company.anchor - timedelta(days=spike_days_before(company.anchor))
    week_before = spike - timedelta(days=7)
    documents = {row.day: row.closed for row in counted if row.feature == "invoice-reader"}
    assert 0.7 < documents[spike] / documents[week_before] < 1.4
    costs = Truth(company).billed_costs(week_before, spike + timedelta(days=1), NOW)
    spent = {
        day: sum(cost.billed_cost for cost in costs if cost.day == day and cost.feature == "invoice-reader")
        for day in (spike, week_before)
    }
    assert spent[spike] > 4 * spent[week_before]


def test_the_files_are_the_same_all_day_and_longer_the_next_day(company: Company, tmp_path: Path) -> None:
    def written(now: datetime) -> str:
        write_exports(company, tmp_path, now)
        return (tmp_path / OUTCOMES).read_text()

    first = written(NOW)
    assert written(NOW + timedelta(hours=5)) == first
    later = written(NOW + timedelta(days=1))
    assert set(first.splitlines()) < set(later.splitlines())
    assert f"{NOW.date()}," in later
    assert f"{NOW.date()}," not in first
