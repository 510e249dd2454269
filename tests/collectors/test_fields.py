"""Fields of vendors' rows: exact, or an error that names report and field."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from collectors.errors import DataError
from collectors.fields import count, number, optional_count, optional_number, rfc3339_time, text, unix_time

WHERE = "demo /report"


@pytest.mark.parametrize("value", [-1, 1.0, "7", None, True, 2**63])
def test_a_count_is_a_whole_number_from_zero(value: Any) -> None:
    with pytest.raises(DataError, match=r"demo /report: output_tokens is .* where a count"):
        count({"output_tokens": value}, "output_tokens", WHERE)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(DataError, match="demo /report: the field output_tokens is missing"):
        count({}, "output_tokens", WHERE)


def test_an_unknown_count_is_none_and_a_measured_zero_is_zero() -> None:
    assert optional_count({}, "a", WHERE) is None
    assert optional_count({"a": None}, "a", WHERE) is None
    assert optional_count({"a": 0}, "a", WHERE) == 0


@pytest.mark.parametrize("value", ["0.0613", Decimal("0.0613")])
def test_money_is_the_same_as_text_and_as_number(value: Any) -> None:
    assert number({"value": value}, "value", WHERE) == Decimal("0.0613")


@pytest.mark.parametrize("value", [0.1, None, True, "", "NaN", "Infinity", "ten", "1e400", {}])
def test_money_that_is_not_exact_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match=r"demo /report: value is .* where a number belongs"):
        number({"value": value}, "value", WHERE)


def test_an_unknown_number_is_none() -> None:
    assert optional_number({"quantity": None}, "quantity", WHERE) is None


def test_empty_text_is_unknown_and_other_kinds_are_refused() -> None:
    assert text({"model": ""}, "model", WHERE) is None
    with pytest.raises(DataError, match="model is 5 where text belongs"):
        text({"model": 5}, "model", WHERE)


def test_times_become_utc() -> None:
    expected = datetime(2026, 11, 1, tzinfo=UTC)
    assert unix_time({"t": 1793491200}, "t", WHERE) == expected
    assert rfc3339_time({"t": "2026-11-01T00:00:00Z"}, "t", WHERE) == expected
    assert rfc3339_time({"t": "2026-11-01T02:00:00+02:00"}, "t", WHERE) == expected


@pytest.mark.parametrize("value", ["2026-11-01T00:00:00", "today", 1793491200, None])
def test_a_time_without_offset_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match=r"t is .* where a time with its offset"):
        rfc3339_time({"t": value}, "t", WHERE)


@pytest.mark.parametrize("value", [10**18, -1, "1793491200", 1.5])
def test_unix_seconds_are_refused_when_they_are_no_time(value: Any) -> None:
    with pytest.raises(DataError, match="demo /report: t is"):
        unix_time({"t": value}, "t", WHERE)
