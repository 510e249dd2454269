"""Prometheus as the judge of alert minutes and percentiles."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.slo.alerting import Span, alerting
from domain.slo.buckets import Histogram, ladder
from domain.slo.pairs import AlertPair, default_pairs
from tests.domain.slo.vectors import segments
from tests.support.promtool import check, counter

CLEAN = 3 * 1440 + 10
"""More than the longest window of 30 days' pairs, so that every window is full on both sides."""
SHAPES = {
    "outage": [(CLEAN, 700, 0), (23, 700, 700), (700, 700, 0)],
    "slow burn": [(CLEAN, 1000, 0), (1000, 1000, 5), (400, 1000, 0)],
    "spike at night": [(CLEAN, 50, 0), (3, 400, 350), (400, 50, 0)],
    "low traffic": [(CLEAN, 1, 0), (2, 1, 1), (300, 1, 0)],
    "recovery and relapse": [(CLEAN, 900, 0), (30, 900, 90), (20, 900, 0), (30, 900, 90), (200, 900, 1), (200, 900, 0)],
    "silence": [(CLEAN, 100, 0), (10, 100, 50), (400, 0, 0), (10, 100, 0), (100, 100, 0)],
    "exactly at a factor": [(CLEAN, 10_000, 0), (500, 10_000, 144), (5, 10_000, 145), (100, 10_000, 0)],
    "four weeks": [(4 * 1440 + 10, 900, 0), (30, 900, 90), (20, 900, 0), (300, 900, 2), (400, 900, 0)],
}
MIN_BAD = 3
PIECE = 400
"""Minutes of one subquery: promtool lets a query load 10,000 samples."""


def condition(pair: AlertPair, budget: Decimal) -> str:
    """The pair in PromQL, in whole numbers as ours."""
    limit = Fraction(pair.factor * budget)

    def burns(minutes: int) -> str:
        bad, total = (f"({counted} - {counted} offset {minutes}m)" for counted in ("bad", "total"))
        return f"{bad} * {limit.denominator} > {total} * {limit.numerator}"

    enough = f"(bad - bad offset {pair.long_minutes}m) >= {MIN_BAD}"
    return f"({burns(pair.long_minutes)}) and ({burns(pair.short_minutes)}) and ({enough})"


def expectations(fires: str, spans: list[Span], end: int) -> list[dict[str, Any]]:
    """As many firing minutes as ours in every piece of the time, and each span begins and ends where ours does.

    A subquery asks for many minutes at once; a rule would be evaluated minute by minute, eight times as slowly.
    """
    firing = {minute for first, last in spans for minute in range(first, last + 1)}
    found: list[dict[str, Any]] = []
    for first in range(0, end + 1, PIECE):
        until = min(first + PIECE - 1, end)
        minutes = len(firing.intersection(range(first, until + 1)))
        samples = [{"labels": "{}", "value": minutes}] if minutes else []
        counted = f"count_over_time(({fires})[{until - first}m30s:1m])"
        found.append({"expr": counted, "eval_time": f"{until}m", "exp_samples": samples})
    for first, last in spans:
        for minute, is_firing in ((first - 1, False), (first, True), (last, True), (last + 1, False)):
            here = [{"labels": "{}", "value": 1}] if is_firing else []
            if minute <= end:
                found.append({"expr": f"count({fires})", "eval_time": f"{minute}m", "exp_samples": here})
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_prometheus_alerts_in_the_same_minutes(tmp_path: Path, shape: str) -> None:
    days, budget = (28, Decimal("0.0005")) if shape == "four weeks" else (30, Decimal("0.001"))
    series = segments(SHAPES[shape], start=1)
    pairs = default_pairs(days * 1440)
    found = [(pair, alerting(series, series, pair, budget, MIN_BAD)) for pair in pairs]
    end = series.end - 1
    test = {
        "interval": "1m",
        "input_series": [
            {"series": "bad", "values": counter([(minutes, bad) for minutes, _, bad in SHAPES[shape]])},
            {"series": "total", "values": counter([(minutes, total) for minutes, total, _ in SHAPES[shape]])},
        ],
        "promql_expr_test": [
            expected for pair, spans in found for expected in expectations(condition(pair, budget), spans, end)
        ],
    }
    assert check(tmp_path, [test]) == ""


def test_the_shapes_fire_every_pair_and_leave_every_pair_quiet() -> None:
    budget = Decimal("0.001")
    for pair in default_pairs(30 * 1440):
        fired = [bool(alerting(s, s, pair, budget, MIN_BAD)) for s in map(segments, SHAPES.values())]
        assert True in fired
        assert False in fired


def test_the_judge_objects_to_another_minute(tmp_path: Path) -> None:
    budget = Decimal("0.001")
    series = segments(SHAPES["outage"], start=1)
    pair = default_pairs(30 * 1440)[0]
    ((first, last),) = alerting(series, series, pair, budget, MIN_BAD)
    test = {
        "interval": "1m",
        "input_series": [
            {"series": "bad", "values": counter([(minutes, bad) for minutes, _, bad in SHAPES["outage"]])},
            {"series": "total", "values": counter([(minutes, total) for minutes, total, _ in SHAPES["outage"]])},
        ],
        "promql_expr_test": expectations(condition(pair, budget), [(first, last + 1)], series.end - 1),
    }
    assert "FAILED" in check(tmp_path, [test])


def histograms() -> list[Histogram]:
    """Even, uneven, with empty buckets, beyond the last bound, on a coarse and on our own ladder."""
    random = Random(4)
    found = [
        Histogram((Decimal("0.5"), Decimal(1)), (Fraction(0), Fraction(0)), Fraction(7)),
        Histogram((Decimal("0.5"), Decimal(1), Decimal(4)), (Fraction(95), Fraction(95), Fraction(100)), Fraction(100)),
        Histogram((Decimal("0.1"), Decimal(9)), (Fraction(1), Fraction(1)), Fraction(1)),
    ]
    for bounds in (ladder(), (Decimal("0.25"), Decimal("2.5"), Decimal(30))) * 10:
        total, cumulative = 0, []
        for _ in bounds:
            total += random.choice((0, 0, random.randrange(50)))
            cumulative.append(Fraction(total))
        found.append(Histogram(bounds, tuple(cumulative), Fraction(total + random.randrange(1, 9))))
    return found


def test_percentiles_are_those_of_histogram_quantile(tmp_path: Path) -> None:
    tests = []
    for histogram in histograms():
        edges = [(f"{bound:f}", count) for bound, count in zip(histogram.bounds, histogram.cumulative, strict=True)]
        buckets = [
            {"series": f'h_bucket{{le="{le}"}}', "values": str(int(count))}
            for le, count in [*edges, ("+Inf", histogram.total)]
        ]
        checks = []
        for percent in (1, 50, 90, 95, 99):
            ours = histogram.percentile(Fraction(percent, 100))
            same = f"abs(histogram_quantile({percent / 100}, h_bucket) - {ours!r}) <= bool 1e-12 * {ours!r}"
            checks.append({"expr": same, "eval_time": "0m", "exp_samples": [{"labels": "{}", "value": 1}]})
        tests.append({"interval": "1m", "input_series": buckets, "promql_expr_test": checks})
    assert check(tmp_path, tests) == ""
