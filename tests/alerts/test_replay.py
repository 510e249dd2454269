"""How often a rule would have fired, told from the stored history."""

from datetime import timedelta

from alerts.base import Finding, Rule, Situation
from alerts.burned import burned
from alerts.past import Fired
from alerts.replay import replayed
from config.settings import Settings
from domain.slo.definition import Kind
from queries.runner import Result, run
from store.engine import Store
from store.tables import SliMinute
from tests.alerts.support import NOW, insert
from tests.support.slos import indicator, slo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SITUATION = Situation(NOW, Settings())


def nobody(query: str, **params: object) -> Result:
    raise AssertionError(f"{query} was asked")


def finding(fires: bool) -> Finding:
    return Finding(
        fingerprint="one",
        state="firing" if fires else "over",
        severity="info",
        level=1,
        title="T",
        summary="",
        facts={},
    )


def firing_on(*days_ago: int) -> Rule:
    days = {NOW - ago * DAY for ago in days_ago}
    return Rule("r", "1h", {}, lambda _, situation: [finding(situation.now in days)], kind="cost")


def test_each_opening_counts_once_until_it_ends() -> None:
    past = replayed(firing_on(9, 8, 7, 3, 0), nobody, SITUATION, 10)
    assert past is not None
    assert past.fired == (
        Fired(NOW - 9 * DAY, "T", NOW - 6 * DAY),
        Fired(NOW - 3 * DAY, "T", NOW - 2 * DAY),
        Fired(NOW, "T", None),
    )
    assert past.sentence() == "It would have fired 3 times in 10 days."


def test_what_comes_back_within_a_day_is_the_same_alert() -> None:
    past = replayed(firing_on(5, 3), nobody, SITUATION, 10)
    assert past is not None
    assert past.fired == (Fired(NOW - 5 * DAY, "T", NOW - 2 * DAY),)
    assert past.sentence() == "It would have fired once in 10 days."


def test_a_rule_that_goes_by_the_present_has_no_past() -> None:
    blind = Rule("r", "1h", {}, lambda rows, situation: [], kind="source", knows_its_past=False)
    assert replayed(blind, nobody, SITUATION) is None


def test_burning_budgets_are_found_in_the_minutes_that_are_kept(duckdb_store: Store) -> None:
    promise = slo("chat", indicator(Kind.AVAILABILITY), target="0.99")
    key = promise.key(promise.objectives[0])
    outages = [(20, 40), (20 - 0.5, 40), (3, 40)]
    bad = {(NOW - ago * DAY).replace(second=0) + n * MINUTE for ago, length in outages for n in range(length)}
    first = (NOW - 25 * DAY).replace(second=0)
    minutes = [first + n * 5 * MINUTE for n in range(25 * 288)]
    rows = [
        SliMinute(
            minute=at.replace(tzinfo=None),
            slo=key,
            source="s",
            good_count=0 if at in bad else 100,
            total_count=100,
            excluded_count=0,
        )
        for at in sorted({*minutes, *bad})
    ]
    insert(duckdb_store, SliMinute, rows)
    situation = Situation(NOW, Settings(), slos=(promise,))
    past = burned(lambda name, **params: run(duckdb_store, name, **params), situation, 90)
    assert past.days == 35
    assert [one.opened_at.date() for one in past.fired] == [(NOW - 20 * DAY).date(), (NOW - 3 * DAY).date()]
    assert all(one.ended_at is not None for one in past.fired[:1])
