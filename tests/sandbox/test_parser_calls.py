"""The parser's log holds first tries, failures and retries that fit together."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np

from sandbox.company import Company
from sandbox.parser_calls import log_rows, parser_calls
from sandbox.timeline import epoch_day

START, END = date(2026, 10, 31), date(2026, 11, 20)


def test_a_contract_is_tried_again_only_after_a_failure(company: Company) -> None:
    tries: dict[str, list[tuple[datetime, int, int]]] = defaultdict(list)
    for time, contract, status, milliseconds in log_rows(parser_calls(company, START, END)):
        tries[contract].append((datetime.fromisoformat(time), status, milliseconds))
    assert 500 < len(tries) < 5_000
    for calls in tries.values():
        assert len(calls) <= 3
        assert all(status != 200 for _, status, _ in calls[:-1])
        for (before, _, lasted), (after, _, _) in pairwise(calls):
            assert after > before + timedelta(milliseconds=lasted)
    first_failed = sum(calls[0][1] != 200 for calls in tries.values())
    assert 0.04 < first_failed / len(tries) < 0.1


def test_all_tries_of_a_contract_are_on_one_utc_day(company: Company) -> None:
    rows = list(log_rows(parser_calls(company, START, END)))
    assert [time for time, *_ in rows] == sorted(time for time, *_ in rows)
    days: dict[str, set[date]] = defaultdict(set)
    for time, contract, *_ in rows:
        days[contract].add(datetime.fromisoformat(time).astimezone(UTC).date())
    assert all(len(found) == 1 for found in days.values())
    assert {day for found in days.values() for day in found} <= {START + timedelta(days=n) for n in range(20)}


def test_a_days_calls_are_the_same_alone_and_among_others(company: Company) -> None:
    whole = parser_calls(company, START, END)
    day = parser_calls(company, END - timedelta(days=1), END)
    of_day = whole.hours >= epoch_day(END - timedelta(days=1)) * 24
    assert day.hours.size > 0
    assert np.array_equal(whole.milliseconds[of_day], day.milliseconds)
    assert np.array_equal(whole.statuses[of_day], day.statuses)
