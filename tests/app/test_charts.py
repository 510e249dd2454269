"""Charts are plain dicts with a title, units, marks and a text."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts import marks, month, movers, segments, stacked, trend
from app.charts.figure import Chart
from app.charts.marks import Label, Marks, marked, marked_periods
from domain.outlook import FanPoint

START = date(2026, 11, 1)
DAYS = [START + timedelta(days=n) for n in range(10)]
SPAN = (START, START + timedelta(days=10))
LAUNCH = {
    "happened_at": datetime.combine(DAYS[3], time(9, 30)),
    "day": DAYS[3],
    "kind": "launch",
    "title": "Guide goes live",
}
MARKS = Marks([LAUNCH], datetime.combine(DAYS[5], time()), more_count=2)


def _rows(items: Sequence[str], days: Sequence[date] = DAYS) -> list[dict[str, Any]]:
    return [
        {"bucket_day": day, "item": item, "item_name": item.title(), "cost": Decimal(number + 1)}
        for number, item in enumerate(items)
        for day in days
    ]


def _spend(items: Sequence[str], days: Sequence[date] = DAYS, partial: Sequence[date] = ()) -> Chart:
    return stacked.spend(
        _rows(items, days),
        title="$10",
        subtitle="Billed cost in USD.",
        currency="USD",
        partial=partial,
    )


LAST = date(2026, 11, 30)


def _month(budget: Decimal | None = Decimal(300), *, ranged: bool = True, high: float = 320) -> Chart:
    ahead = [(SPAN[1] + timedelta(days=n), 110.0 + 10 * n) for n in range(20)]
    low, top, above = (280.0, 320.0, high) if ranged else (None, None, None)
    drawn = month.Drawn(
        start=START,
        end=date(2026, 12, 1),
        days=[10.0] * 10,
        budget=[budget * n / 30 for n in range(1, 31)] if budget else (),
        path=ahead,
        fan=[FanPoint(LAST, 300.0, low, top, low, above)],
    )
    return month.cumulative(drawn, title="$100", currency="USD")


def _movers() -> Chart:
    rows = [
        {"item_name": "A", "complete_cost": Decimal(12), "previous_cost": Decimal(10)},
        {"item_name": "B", "complete_cost": Decimal(3), "previous_cost": Decimal(0)},
    ]
    return movers.movers(rows, title="Up $5", subtitle="Change in USD.", currency="USD")


def _trend(per_request: float | None = 0.5) -> Chart:
    rows = [{"day": day, "billed_cost": Decimal(1), "cost_per_1k_requests": per_request} for day in DAYS]
    return trend.unit_cost(rows, title="A: $10", subtitle="In USD.", currency="USD")


@pytest.mark.parametrize(
    "chart", [_spend(["a"]), _month(), _movers(), _trend()], ids=["spend", "month", "movers", "trend"]
)
def test_every_chart_has_title_unit_and_text_and_is_json(chart: Chart) -> None:
    axes = [
        chart.figure["layout"][name]["title"]["text"]
        for name in ("xaxis", "yaxis")
        if "title" in chart.figure["layout"][name]
    ]
    assert chart.title
    assert any("USD" in text for text in axes)
    assert chart.alt.startswith(chart.title)
    assert len(chart.alt) > len(chart.title)
    assert orjson.dumps(chart.figure)


@pytest.mark.parametrize("chart", [_spend(["a"]), _month(), _trend()], ids=["spend", "month", "trend"])
def test_what_happened_is_marked_and_told_and_the_rest_counted(chart: Chart) -> None:
    drawn = marked(chart, MARKS)
    assert "▲ Guide goes live" in [label["text"] for label in drawn.figure["layout"]["annotations"]]
    assert [shape["x0"] for shape in drawn.figure["layout"]["shapes"]] == [DAYS[3].isoformat()]
    assert drawn.alt.endswith(" Marked: Guide goes live (4 Nov 2026) and 2 more that are not drawn.")
    assert chart.figure["layout"].get("shapes") is None, "the chart itself stays as it was"


def test_a_mark_on_an_axis_of_hours_stands_at_its_minute() -> None:
    (shape,) = marked(_spend(["a"]), MARKS, exact=True).figure["layout"]["shapes"]
    assert shape["x0"] == "2026-11-04T09:30:00"


def test_only_the_gravest_marks_have_words_and_the_others_a_sign() -> None:
    rows = [{**LAUNCH, "title": f"Number {n} with a title that is far too long for any chart"} for n in range(5)]
    labels = marked(_spend(["a"]), Marks(rows, MARKS.middle)).figure["layout"]["annotations"]
    assert [len(label["text"]) for label in labels] == [marks.LABEL_LENGTH + 2] * 3 + [1] * 2
    assert all("far too long for any chart" in label["hovertext"] for label in labels)


def test_names_from_elsewhere_are_no_markup_and_leave_room_to_draw() -> None:
    hostile, long = '<a href="https://evil.example">x</a>', "L" * 5000
    drawn = segments.segments(
        [hostile, long, long], [0.0, 2.0, 3.0], ["0", "2", "3"], title="t", subtitle="s", unit="u"
    )
    bars, axis = drawn.figure["data"][0], drawn.figure["layout"]["yaxis"]
    assert axis["ticktext"][0] == '&lt;a href="https://evil.example"&gt;x&lt;/a&gt;'
    assert len(axis["ticktext"][1]) == 48
    assert bars["y"] == axis["tickvals"] == [0, 1, 2], "two long names stay two"
    assert bars["textposition"] == ["outside", "auto", "auto"], "a bar of 0 has its value beside it"
    (label,) = marked(_spend(["a"]), Marks([{**LAUNCH, "title": "<b>x"}], MARKS.middle)).figure["layout"]["annotations"]
    assert label["text"] == "▲ &lt;b&gt;x"


def test_a_mark_on_named_periods_stands_once_on_each_axis() -> None:
    labels = [
        Label("W1", START, DAYS[5]),
        Label("W2", DAYS[5], DAYS[9]),
        Label("2026-11", START, DAYS[9], "x2"),
        Label("2026-10", START - timedelta(days=31), START, "x2"),
    ]
    shapes = marked_periods(_spend(["a"]), MARKS, labels).figure["layout"]["shapes"]
    assert [(shape["x0"], shape["xref"]) for shape in shapes] == [("W1", "x"), ("2026-11", "x2")]


def test_more_than_eight_items_become_seven_and_other() -> None:
    names = [trace["name"] for trace in _spend([f"item{n}" for n in range(10)]).figure["data"]]
    assert len(names) == 8
    assert names[-1] == "Other (3)"


def test_unattributed_is_drawn_by_itself_and_hatched_however_small() -> None:
    rows = _rows(["unattributed", *(f"item{n}" for n in range(12))])
    assert [name for name, _ in stacked.stack(rows)][-1] == "Unattributed"
    last = _spend(["unattributed", *(f"item{n}" for n in range(12))]).figure["data"][-1]
    assert last["marker"]["pattern"]["shape"] == "/"


def test_many_buckets_are_an_area_and_unattributed_stays_dashed() -> None:
    days = [START + timedelta(days=n) for n in range(stacked.AREA_FROM + 1)]
    traces = _spend(["a", "unattributed"], days).figure["data"]
    assert {trace["type"] for trace in traces} == {"scatter"}
    assert traces[-1]["line"]["dash"] == "dash"


def test_a_partial_day_is_pale_and_named() -> None:
    chart = _spend(["a"], partial=[DAYS[-1]])
    assert chart.figure["data"][0]["marker"]["opacity"] == [1] * 9 + [0.45]
    assert any(label["text"] == "not whole yet" for label in chart.figure["layout"]["annotations"])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9), st.decimals(-100, 1000, places=6)), min_size=1))
def test_stacks_add_up_to_the_rows_to_the_last_digit(cells: list[tuple[int, int, Decimal]]) -> None:
    names = ["unattributed", *(f"item{n}" for n in range(20))]
    rows = [
        {"bucket_day": DAYS[day], "item": names[item], "item_name": names[item], "cost": cost}
        for item, day, cost in cells
    ]
    drawn = sum((sum(series.values(), Decimal()) for _, series in stacked.stack(rows)), Decimal())
    assert drawn == sum((cost for _, _, cost in cells), Decimal())


def test_the_month_adds_up_and_its_range_opens_from_the_last_whole_day() -> None:
    traces = {trace["name"]: trace for trace in _month().figure["data"] if "name" in trace}
    assert traces["Actual"]["y"] == [10 * n for n in range(1, 11)]
    assert (traces["Forecast"]["y"][0], traces["Forecast"]["y"][-1]) == (100, 300)
    assert (traces["Budget, pro rata"]["y"][0], traces["Budget, pro rata"]["y"][-1]) == (10, 300)
    assert traces["80% range"]["x"] == [DAYS[-1].isoformat(), LAST.isoformat()]
    lows = [trace["y"] for trace in _month().figure["data"] if not trace.get("showlegend", True)]
    assert (lows, traces["95% range"]["y"]) == ([[100, 280], [100, 280]], [100, 320])
    assert "forecast $300.00, 80% range $280.00 to $320.00." in _month().alt


def test_a_range_beyond_all_bounds_does_not_flatten_the_month() -> None:
    wide = _month(high=90_000)
    assert wide.figure["layout"]["yaxis"]["range"] == [0, 600]
    assert wide.subtitle.endswith("The 95% range goes on above the chart, to $90K.")
    assert "range" not in _month().figure["layout"]["yaxis"]


def test_a_month_without_budget_or_range_draws_none() -> None:
    chart = _month(None, ranged=False)
    assert {trace["name"] for trace in chart.figure["data"]} == {"Actual", "Forecast"}
    assert "range" not in chart.alt


def test_a_feature_that_is_new_has_no_percent() -> None:
    assert _movers().figure["data"][0]["text"] == ["+$2.00 (+20%)", "+$3.00 (new)"]


def test_a_feature_without_request_counts_has_no_line_per_request() -> None:
    assert [trace["type"] for trace in _trend(None).figure["data"]] == ["bar"]
    assert [trace["type"] for trace in _trend().figure["data"]] == ["bar", "scatter"]
