"""No group that is shown is small, and none that is not shown can be worked out by taking others from everybody."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from domain.small_groups import too_small

SIZES = st.lists(st.integers(0, 12), max_size=7)


@given(SIZES, st.integers(0, 6), st.integers(3, 8))
def test_no_shown_group_is_small_and_none_can_be_worked_out(sizes: list[int], ungrouped: int, least: int) -> None:
    everybody = sum(sizes) + ungrouped
    small, beside = too_small(everybody, sizes, least)
    shown = [size for place, size in enumerate(sizes) if place not in small | beside]
    assert all(size >= least for size in shown)
    assert small.isdisjoint(beside)
    if everybody >= least:
        for count in range(len(shown) + 1):
            for some in combinations(shown, count):
                rest = everybody - sum(some)
                assert rest == 0 or rest >= least


@given(SIZES, st.integers(3, 8))
def test_without_everybody_only_small_groups_are_left_out(sizes: list[int], least: int) -> None:
    assert too_small(None, sizes, least) == ({place for place, size in enumerate(sizes) if size < least}, set())


@given(st.lists(st.integers(5, 40), min_size=1, max_size=7))
def test_large_groups_that_are_everybody_are_all_shown(sizes: list[int]) -> None:
    assert too_small(sum(sizes), sizes, 5) == (set(), set())


def test_beside_one_small_group_the_next_smallest_is_left_out() -> None:
    assert too_small(31, [20, 4, 7], 5) == ({1}, {2})


def test_two_small_groups_that_are_few_together_need_a_third() -> None:
    assert too_small(33, [20, 1, 2, 10], 5) == ({1, 2}, {3})
    assert too_small(37, [20, 3, 4, 10], 5) == ({1, 2}, set())


def test_groups_that_share_people_are_not_shown_beside_everybody() -> None:
    assert too_small(20, [15, 12], 5) == (set(), {0, 1})


def test_parts_of_posts_add_up_to_everybody() -> None:
    sizes = [0.1 + 0.2 + 6, 5.3, 7.7]
    assert too_small(6.3 + 5.3 + 7.7, sizes, 5) == (set(), set())
