"""SLO alerts: one per objective, page and ticket pairs in one, closed when nothing burns."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from alerts.base import Finding, Situation
from alerts.rules import slo_budget, slo_burn
from config.settings import Settings
from domain.slo.attainment import Counts
from domain.slo.counting import countings
from domain.slo.standing import Standing
from domain.window import Window
from queries.runner import run
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import InferenceRequest
from tests.support.facts import DAY, load, request
from tests.support.slos import indicator, slo

AT = DAY + timedelta(days=10)
SITUATION = Situation(AT, Settings())
SLO = slo("answers", indicator(), target="0.999")
CLEAN = (1000, 1000)


def counts(good: int, total: int) -> Counts:
    return Counts(Fraction(good), Fraction(total))


def standing(period: tuple[int, int], windows: Mapping[int, tuple[int, int]]) -> Standing:
    """The last month, and windows by their minutes; the others are clean."""
    lengths = {60, 5, 360, 30, 1440, 120, 4320}
    burns = {minutes: counts(*windows.get(minutes, CLEAN)) for minutes in lengths}
    return Standing(
        slo=SLO, objective=SLO.objectives[0], at=AT, counts=counts(*period), burns=burns, events=burns, excluded_count=0
    )


def burn(period: tuple[int, int], windows: Mapping[int, tuple[int, int]]) -> Finding:
    (finding,) = slo_burn.judge([standing(period, windows)], SITUATION)
    return finding


def test_page_and_ticket_pairs_are_one_alert_with_the_gravest_severity() -> None:
    every = dict.fromkeys((60, 5, 360, 30, 1440, 120, 4320), (900, 1000))
    found = burn((99_000, 100_000), every)
    assert (found.state, found.severity, found.fingerprint) == ("firing", "page", "slo_burn:answers")
    assert [label for label, _ in found.fields[2:]] == ["Pair page", "Pair page", "Pair ticket", "Pair ticket"]
    assert "100.0 times as fast as it may over the last 1h and 100.0 times over the last 5m" in found.summary
    assert "the budget is overspent" in found.summary


def test_a_slow_leak_is_a_ticket() -> None:
    found = burn((99_950, 100_000), {4320: (9_980, 10_000), 360: (998, 1000)})
    assert (found.state, found.severity) == ("firing", "ticket")
    assert "50% of the budget of 30 days is left" in found.summary


def test_an_outage_that_ended_is_over_though_the_long_window_remembers() -> None:
    assert burn((99_950, 100_000), {60: (900, 1000)}).state == "over"


def test_a_burn_is_not_over_because_nothing_is_counted_any_more() -> None:
    silent = (0, 0)
    assert burn((99_950, 100_000), {60: (900, 1000), 5: silent}).state == "pending"
    assert burn((99_950, 100_000), {60: CLEAN, 5: silent}).state == "over"
    assert burn((0, 0), dict.fromkeys((60, 5, 360, 30, 1440, 120, 4320), silent)).state == "over"


def test_exactly_the_factor_is_no_alert() -> None:
    assert burn((99_950, 100_000), {60: (985_600, 1_000_000), 5: (985_600, 1_000_000)}).state == "over"


def budget_state(good: int, total: int) -> str:
    (finding,) = slo_budget.judge([standing((good, total), {})], SITUATION)
    return finding.state


def test_a_spent_budget_alerts_when_the_promise_is_surely_missed() -> None:
    assert budget_state(99_000, 100_000) == "firing"
    assert budget_state(998, 1000) == "pending", "two failures of a thousand may be chance"
    assert budget_state(99_999, 100_000) == "over"
    assert budget_state(0, 0) == "pending", "nothing counted is neither a broken promise nor a kept one"


def test_only_a_spent_budget_says_that_what_was_agreed_for_it_applies() -> None:
    agreed = "What was agreed for a spent budget applies now."
    told = [slo_budget.judge([standing((good, 100_000), {})], SITUATION)[0].summary for good in (99_000, 99_999)]
    assert [agreed in summary for summary in told] == [True, False]


def test_the_rule_asks_the_store_for_what_was_counted(duckdb_store: Store) -> None:
    hour = Window(AT - timedelta(hours=1), AT)
    failed = [request(10, 86_400 - 60 * minute, status_code=503 if minute < 50 else 200) for minute in range(1, 60)]
    load(
        duckdb_store,
        failed,
        hour,
        row=InferenceRequest,
        source="log",
        now=AT,
        books=Books(PriceBook(), objectives=tuple(countings([SLO]))),
    )

    situation = Situation(AT, Settings(), slos=(SLO,))
    (finding,) = slo_burn.RULE.examine(lambda name, **params: run(duckdb_store, name, **params), situation)
    assert (finding.state, finding.severity) == ("firing", "page")
    assert finding.facts["bad_events"] == 49
    assert slo_burn.RULE.examine(lambda name, **params: run(duckdb_store, name, **params), SITUATION) == []
