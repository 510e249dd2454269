"""Numbers as people read them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import format as fmt

AMOUNTS = st.decimals(min_value=-(10**13), max_value=10**13, places=9)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1234.567"), "USD", "$1,234.57"),
        (Decimal("16319.94"), "USD", "$16,320"),
        (Decimal("0.0042"), "EUR", "€0.00420"),
        (Decimal("-12.3"), "GBP", "-£12.30"),
        (Decimal("5"), "CHF", "CHF 5.00"),
        (Decimal("-0.000000000001"), "USD", "-$0.000000000001"),
        (Decimal(0), "USD", "$0.00"),
        (None, "USD", "–"),
    ],
)
def test_money_keeps_what_matters(amount: Decimal | None, currency: str, text: str) -> None:
    assert fmt.money(amount, currency) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal(20000), "$20K"),
        (Decimal("21604"), "$21.6K"),
        (Decimal("364.23"), "$364"),
        (Decimal("-2100000"), "-$2.1M"),
    ],
)
def test_compact_money_has_three_digits_at_most(amount: Decimal, text: str) -> None:
    assert fmt.money_compact(amount, "USD") == text


def test_exact_money_keeps_every_digit_and_drops_zeros() -> None:
    assert fmt.money_exact(Decimal("18.006638618400"), "USD") == "18.0066386184 USD"
    assert fmt.money_exact(Decimal("1234.000000000000"), "EUR") == "1,234.00 EUR"


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.613, "61%"), (0.001, "<1%"), (0, "0%"), (-0.001, "0%"), (1, "100%"), (None, "–")]
)
def test_a_share_that_is_there_is_not_zero(ratio: float | None, text: str) -> None:
    assert fmt.percent(ratio) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.1234, "+12.3%"), (-0.04, "-4.0%"), (0.0001, "0.0%"), (-0.0001, "0.0%"), (119.2, "120×")]
)
def test_a_change_has_its_sign(ratio: float, text: str) -> None:
    assert fmt.signed_percent(ratio) == text


def test_a_change_from_nothing_is_unknown() -> None:
    assert fmt.change(5, 0) is None
    assert fmt.change(None, 5) is None
    assert fmt.change(Decimal("1.5"), Decimal(1)) == 0.5


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2026, 11, 1), date(2026, 11, 23), "1–22 Nov 2026"),
        (date(2026, 10, 26), date(2026, 11, 23), "26 Oct – 22 Nov 2026"),
        (date(2025, 12, 31), date(2026, 1, 2), "31 Dec 2025 – 1 Jan 2026"),
        (date(2026, 11, 1), date(2026, 11, 2), "1 Nov 2026"),
    ],
)
def test_a_span_shows_its_last_day_not_the_one_after(start: date, end: date, text: str) -> None:
    assert fmt.days(start, end) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (340, "5.7 min"),
        (7199, "120 min"),
        (8280, "2.3 h"),
        (172_800, "2 days"),
        (1e6, "12 days"),
        (None, fmt.UNKNOWN),
    ],
)
def test_a_clock_keeps_a_decimal_below_ten(seconds: float | None, text: str) -> None:
    assert fmt.clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(41, "41 s"), (60, "1 min"), (719, "11 min"), (3600, "1 h"), (90000, "25 h"), (200000, "2 days")],
)
def test_a_duration_has_one_unit(seconds: int, text: str) -> None:
    assert fmt.duration(seconds) == text


def test_small_words() -> None:
    moment = datetime(2026, 11, 21, 14, 0)  # noqa: DTZ001  the store's times are UTC without zone
    assert fmt.moment(moment) == "21 Nov 14:00 UTC"
    assert fmt.ago(moment, moment + timedelta(hours=3)) == "3 h ago"
    assert fmt.ago(moment, moment) == "just now"
    assert fmt.milliseconds(0.0032) == "3.2 ms"
    assert fmt.milliseconds(0.14) == "140 ms"
    assert fmt.listed(["a", "b", "c"]) == "a, b and c"
    assert fmt.listed(["a"]) == "a"
    assert fmt.listed([]) == ""
    assert fmt.plural(1, "row") == "1 row"
    assert fmt.plural(2000, "row") == "2,000 rows"
    assert fmt.compact(49_884_392) == "49.9M"
    assert fmt.compact(999) == "999"
    assert fmt.symbol("CHF") == "CHF "


def test_what_is_unknown_is_never_zero() -> None:
    shown = [fmt.money(None, "USD"), fmt.money_compact(None, "USD"), fmt.money_exact(None, "USD"), fmt.count(None)]
    shown += [fmt.compact(None), fmt.percent(None), fmt.signed_percent(None), fmt.signed_money(None, "USD")]
    shown += [fmt.milliseconds(None), fmt.duration(None), fmt.day(None), fmt.moment(None)]
    assert set(shown) == {fmt.UNKNOWN}


@given(AMOUNTS)
def test_no_number_is_a_negative_zero(amount: Decimal) -> None:
    shown = [fmt.money(amount, "USD"), fmt.money_compact(amount, "USD"), fmt.compact(amount), fmt.percent(amount)]
    shown += [fmt.signed_money(amount, "USD"), fmt.signed_percent(float(amount)), fmt.milliseconds(float(amount))]
    for text in shown:
        assert not (text.startswith("-") and not re.search("[1-9]", text)), text


@given(AMOUNTS)
def test_the_sign_survives_formatting(amount: Decimal) -> None:
    assert fmt.money(amount, "USD").startswith("-") == (amount < 0)


@given(AMOUNTS)
def test_money_is_off_by_less_than_one_percent(amount: Decimal) -> None:
    text = fmt.money(amount, "USD").replace("$", "").replace(",", "")
    assert abs(Decimal(text) - amount) <= abs(amount) / 100 + Decimal("0.005") * (abs(amount) >= Decimal("0.1"))


@given(AMOUNTS)
def test_exact_money_reads_back_as_the_same_amount(amount: Decimal) -> None:
    assert Decimal(fmt.money_exact(amount, "USD").removesuffix(" USD").replace(",", "")) == amount


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.624, "62%"), (0.0, "<1%"), (0.004, "<1%"), (1.0, ">99%"), (None, "–"), (0.99, "99%")]
)
def test_a_chance_is_never_certain(ratio: float | None, text: str) -> None:
    assert fmt.chance(ratio) == text


def test_a_budget_is_named_by_its_month_or_quarter() -> None:
    assert fmt.span("month", date(2026, 11, 1)) == "November 2026"
    assert [fmt.span("quarter", date(2026, month, 1)) for month in (1, 4, 10)] == ["Q1 2026", "Q2 2026", "Q4 2026"]
