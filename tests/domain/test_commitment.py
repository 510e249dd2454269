"""Credits and commitments: what is left and for how long."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.commitment import RECENT_DAYS, Burn

DAY = date(2026, 11, 22)


def burn(amount: str, used: str, recent: str, days_left: int = 100) -> Burn:
    return Burn(Decimal(amount), Decimal(used), Decimal(recent), DAY, DAY + timedelta(days=days_left))


def test_at_the_recent_pace_the_credit_runs_out_before_its_end() -> None:
    found = burn("1000", "400", "280")
    assert (found.remaining, found.per_day) == (Decimal(600), Decimal(10))
    assert found.runs_out_on == DAY + timedelta(days=60)
    assert found.unused_at_end == 0


def test_a_slow_pace_leaves_something_at_the_end() -> None:
    found = burn("1000", "400", "28")
    assert found.runs_out_on is None
    assert found.unused_at_end == 500


def test_what_is_used_up_ran_out_already_and_what_nobody_uses_never_does() -> None:
    assert burn("1000", "1000", "28").runs_out_on == DAY
    assert burn("1000", "0", "0").runs_out_on is None
    assert burn("1000", "0", "0").unused_at_end == 1000


@given(
    st.decimals(1, 10**9, places=6),
    st.decimals(0, 10**9, places=6),
    st.decimals(0, 10**7, places=6),
    st.integers(-10, 400),
)
def test_it_runs_out_or_leaves_something_never_both(
    amount: Decimal, used: Decimal, recent: Decimal, days_left: int
) -> None:
    found = Burn(amount, used, recent, DAY, DAY + timedelta(days=days_left))
    assert found.unused_at_end >= 0
    if found.runs_out_on is not None and found.runs_out_on > DAY:
        assert found.runs_out_on < found.end
        assert found.unused_at_end < max(found.per_day, Decimal(1)) * RECENT_DAYS
