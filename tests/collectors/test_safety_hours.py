"""Checks added up by the hour: an interaction counts once, and a part is never more than its whole."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collectors.safety_hours import ANY, Check, safety_hours

START = datetime(2026, 11, 1, tzinfo=UTC)
CHECKS = st.lists(
    st.builds(
        Check,
        interaction=st.sampled_from("abcdef"),
        at=st.integers(0, 240).map(lambda minutes: START + timedelta(minutes=minutes)),
        feature=st.sampled_from(["chat", "search"]),
        policy=st.sampled_from(["pii", "content"]),
        violated=st.booleans(),
        action=st.sampled_from(["blocked", "leaked"]),
    ),
    max_size=30,
)


@given(CHECKS)
def test_an_interaction_counts_once_and_parts_fit_their_whole(checks: list[Check]) -> None:
    rows = list(safety_hours("s", checks, ["blocked", "leaked"]))
    once = [row for row in rows if row.policy == ANY]
    assert sum(row.checked_count for row in once) == len({(check.feature, check.interaction) for check in checks})
    broken = {(check.feature, check.interaction) for check in checks if check.violated}
    assert sum(row.violation_count for row in once) == len(broken)
    assert len({(row.hour, row.feature, row.policy) for row in rows}) == len(rows)
    for row in rows:
        assert row.violation_count <= row.checked_count
        assert (row.blocked_count or 0) + (row.leaked_count or 0) == row.violation_count
    for row in once:
        single = [one for one in rows if (one.hour, one.feature) == (row.hour, row.feature) and one.policy != ANY]
        assert max(one.checked_count for one in single) <= row.checked_count
        assert row.checked_count <= sum(one.checked_count for one in single)


def test_what_a_source_does_not_tell_of_is_unknown() -> None:
    checks = [Check("a", START, "chat", "pii", violated=True, action="blocked")]
    assert [(row.blocked_count, row.leaked_count) for row in safety_hours("s", checks, ["blocked"])] == [(1, None)] * 2
