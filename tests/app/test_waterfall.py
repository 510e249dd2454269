"""The waterfall: units, signs beside colours, and an axis that says where it starts."""

from decimal import Decimal

import orjson

from app.charts.figure import FALL, RISE, Chart
from app.charts.waterfall import waterfall

STEPS = [("Volume", Decimal(30)), ("Mix", Decimal(-10)), ("Price", Decimal("0.000000000001"))]


def drawn(before: str = "10", after: str = "30.000000000001") -> Chart:
    return waterfall(
        ("Before", Decimal(before)),
        STEPS,
        ("After", Decimal(after)),
        title="Cost rose.",
        subtitle="Billed cost in USD.",
        currency="USD",
    )


def test_a_waterfall_is_json_with_a_unit_and_a_text() -> None:
    chart = drawn()
    assert orjson.dumps(chart.figure)
    assert chart.figure["layout"]["xaxis"]["title"]["text"] == "Cost (USD)"
    assert chart.alt.startswith(
        "Cost rose. Billed cost in USD. Before $10.00, After $30.00: Volume +$30.00, Mix -$10.00"
    )


def test_rise_and_fall_differ_by_sign_and_arrow_and_colour() -> None:
    (trace,) = drawn().figure["data"]
    assert trace["text"] == ["$10.00", "▲ +$30.00", "▼ -$10.00", "$0.00", "$30.00"]
    assert trace["measure"] == ["absolute", "relative", "relative", "relative", "total"]
    assert (trace["increasing"]["marker"]["color"], trace["decreasing"]["marker"]["color"]) == (RISE, FALL)


def test_small_effects_on_a_large_cost_are_seen_and_the_axis_says_so() -> None:
    layout = drawn("10000", "10020").figure["layout"]
    low, high = layout["xaxis"]["range"]
    assert 9000 < low < 10_000 < 10_030 < high
    assert layout["xaxis"]["title"]["text"].startswith("Cost (USD), from $")


def test_a_small_cost_starts_at_zero() -> None:
    assert drawn().figure["layout"]["xaxis"]["range"][0] == 0


def test_credits_reach_below_zero() -> None:
    assert drawn("-50", "-30").figure["layout"]["xaxis"]["range"][0] < -50
