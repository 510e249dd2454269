"""Targets as their owners write them."""

import pytest

from domain.kpi.target import Form, parse_limit, parse_target


@pytest.mark.parametrize(
    ("text", "form", "met", "missed"),
    [
        (">= 90%", Form.VALUE, 0.9, 0.899),
        ("< 15", Form.VALUE, 14.99, 15.0),
        ("≤ 1", Form.VALUE, 1.0, 1.01),
        ("> 0", Form.VALUE, 0.1, 0.0),
        ("within 10%", Form.WITHIN, -0.1, -0.11),
        ("change <= -20%", Form.CHANGE, -0.2, -0.19),
        ("falling", Form.TREND, 0.0, 0.1),
        ("rising", Form.TREND, 0.0, -0.1),
    ],
)
def test_a_target_says_what_meets_it(text: str, form: Form, met: float, missed: float) -> None:
    target = parse_target(text)
    assert target.form is form
    assert target.is_met_by(met)
    assert not target.is_met_by(missed)
    assert target.gap(met) <= 0 < target.gap(missed) or target.gap(missed) == 0


@pytest.mark.parametrize("text", ["", "fast", ">= ten", "90%", ">= 1e400", "within", ">= nan", "change falling"])
def test_what_is_no_target_shows_the_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a target; write one such as >= 90%"):
        parse_target(text)


def test_a_limit_names_the_figure_that_it_is_on() -> None:
    limit = parse_limit("  sev1_in_quarter_count  < 2 ")
    assert (limit.figure, limit.words) == ("sev1_in_quarter_count", "sev1 in quarter")
    assert limit.text == "sev1_in_quarter_count < 2"
    assert limit.target.is_met_by(1)
    assert not limit.target.is_met_by(2)


@pytest.mark.parametrize("text", ["", "< 2", "sev1_count", "sev1_count falling", "sev1_count within 2", "Sev 1 < 2"])
def test_what_is_no_limit_shows_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="write "):
        parse_limit(text)
