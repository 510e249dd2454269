"""The SQL that reads amounts agrees with Python's decimals, digit by digit."""

from decimal import Context, Decimal, localcontext

import duckdb
from hypothesis import example, given
from hypothesis import strategies as st

from collectors.selection import attribution_key, decimal, has_more_decimals
from domain.attribution import Dimensions

DIGITS = st.text("0123459", max_size=16)
EXPONENTS = st.one_of(st.just(""), st.builds("{}{}".format, st.sampled_from("eE"), st.integers(-20, 14)))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    whole, part = draw(DIGITS), draw(DIGITS)
    sign, point = draw(st.sampled_from(["", "-", "+"])), draw(st.sampled_from([".", ""]))
    return f"{sign}{whole or '0'}{point}{part if point else ''}{draw(EXPONENTS)}"


@given(numbers())
@example("0.00023323212010399399e+8")
@example("999999.999999999999")
@example("1.0000000000000000e-12")
@example("10e-13")
@example("0e-20")
def test_an_amount_is_exact_or_said_to_have_too_many_decimals(text: str) -> None:
    read, longer = (
        duckdb.execute(f"select {decimal('t')}, {has_more_decimals('t')} from (select ? as t)", [text]).fetchone() or ()
    )
    with localcontext(Context(prec=80)):
        amount = Decimal(text)
        if abs(amount) >= Decimal(10) ** 26:
            assert read is None
            return
        too_long = bool(amount) and amount.normalize().as_tuple().exponent < -12  # type: ignore[operator]
        assert bool(longer) == too_long
        assert too_long or read == amount


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=8, max_size=8))
def test_a_key_made_in_sql_is_that_of_the_domain(values: list[str | None]) -> None:
    names = [f"d{number}" for number in range(8)]
    columns = ", ".join(f"cast(? as varchar) as {name}" for name in names)
    (key,) = duckdb.execute(f"select {attribution_key(names)} from (select {columns})", values).fetchone() or ()
    assert key == Dimensions(*values).key()
