"""Scales of metrics: scores lie on 0 to 1, keep the order of their values, and turn round when lower is better."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.errors import DataError
from collectors.evaluation_settings import Metric, metric_of

ENDS = st.floats(-1e6, 1e6)
SHARES = st.floats(0, 1)


@given(low=ENDS, width=st.floats(1e-3, 1e6), shares=st.tuples(SHARES, SHARES))
def test_scores_lie_on_zero_to_one_in_the_order_of_their_values(
    low: float, width: float, shares: tuple[float, float]
) -> None:
    up = Metric(minimum=low, maximum=low + width)
    down = up.model_copy(update={"higher_is_better": False})
    worse, better = sorted(min(low + share * width, low + width) for share in shares)
    scores = [up.score(value) for value in (worse, better)]
    assert None not in scores
    first, second = (score for score in scores if score is not None)
    assert 0 <= first <= second <= 1
    assert math.isclose(first + (down.score(worse) or 0), 1)
    spread = up.spread(better - worse)
    assert spread is not None
    assert math.isclose(spread, second - first, abs_tol=1e-6)


def test_without_a_scale_nothing_has_a_score() -> None:
    assert (Metric().score(3), Metric().spread(1)) == (None, None)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.inf])
def test_a_value_off_the_scale_is_an_error(value: float) -> None:
    with pytest.raises(DataError, match="not on the scale from 0 to 1"):
        Metric(minimum=0, maximum=1).score(value)


def test_a_name_counts_before_what_its_letters_mean_as_a_glob() -> None:
    metrics = {"recall[k]": Metric(task="exact"), "recall*": Metric(task="any")}
    found = [metric_of(metrics, name) for name in ("recall[k]", "recallk", "recall@5", "other")]
    assert [metric.task if metric else None for metric in found] == ["exact", "exact", "any", None]
