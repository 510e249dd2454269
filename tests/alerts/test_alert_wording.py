"""Numbers and times as messages say them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from alerts.wording import duration, percent
from domain.wording import money, signed_percent


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("8123", "USD", "$8,123"),
        ("8123.40", "USD", "$8,123"),
        ("999.5", "EUR", "€999.50"),
        ("500", "USD", "$500"),
        ("0", "USD", "$0"),
        ("0.00123456", "USD", "$0.00123"),
        ("0.000000000001", "USD", "$0.000000000001"),
        ("-12.5", "CHF", "-CHF 12.50"),
    ],
)
def test_money(amount: str, currency: str, text: str) -> None:
    assert money(Decimal(amount), currency) == text


def test_a_share_is_rounded_down_so_no_mark_is_shown_before_it_is_passed() -> None:
    assert percent(Decimal("0.9999")) == "99%"
    assert percent(Decimal("1.0001")) == "100%"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [("0.1204", "+12%"), ("0.0909", "+9.1%"), ("-0.03", "-3.0%"), ("0.0001", "+<0.1%"), ("0", "+0.0%")],
)
def test_a_change_has_its_sign(ratio: str, text: str) -> None:
    assert signed_percent(Decimal(ratio)) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=26, minutes=5), "1 day 2 hours"),
        (timedelta(days=2, minutes=5), "2 days 5 minutes"),
    ],
)
def test_a_duration_names_its_two_largest_units(span: timedelta, text: str) -> None:
    assert duration(span) == text
