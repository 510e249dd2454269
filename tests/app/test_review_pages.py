"""Quality, delivery, people and the catalogue: what the pages say, with intervals, debts and suppressed groups."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import events, people, quality
from domain.kpi.interval import poisson
from domain.kpi.reading import Point
from store.engine import Store
from store.schema import table
from store.tables import Evaluation, Feature, Measurement, Release
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, reading, review
from tests.app.support.seed import insert


def group(name: str | None, answers: int, **values: Any) -> dict[str, Any]:
    """A row of people/groups."""
    at = datetime(2026, 10, 1)  # noqa: DTZ001  as the store answers
    empty = dict.fromkeys(("numerator", "denominator", "invited_count", "stddev", "team"))
    found = {"source": "s", "period_start": at, "period_end": at + timedelta(days=7), "group_name": name, **empty}
    return found | {"value": 8.0, "answer_count": answers, "promoter_count": answers, "detractor_count": 0} | values


def test_safety_is_a_rate_with_its_interval_leaked_and_blocked_apart(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("quality", months="3 months")
    known = [row for row in review.safety(NOW) if row.hour >= datetime(2026, 8, 3, tzinfo=NOW.tzinfo)]
    leaked, checked = len(known), 20_000 * len(known)
    low, high = poisson(leaked, checked) or (0.0, 0.0)
    cards = {card.label: card for card in app.metric}
    assert cards["Leaked"].value == "0.5 per 10k"
    assert cards["Leaked"].proto.delta_description == f"95% {low * 10_000:.2f} to {high * 10_000:.2f}"
    assert cards["Blocked"].value == "2 per 10k"
    figure, alt = reading.charts(app)[-1]
    assert [trace["name"] for trace in figure["data"]] == ["Leaked", "Blocked", "Checked"]
    assert figure["data"][0]["error_y"]["symmetric"] is False
    assert "per 10,000" in alt


def test_scores_have_n_interval_and_the_year_and_one_is_drawn_alone(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("quality")
    shown = reading.table_with(app, "samples").set_index("name")
    assert len(shown) == 6
    row = shown.loc["call-notes, faithfulness by judge-a 1"]
    assert row["samples"] == 400
    assert row["change"].startswith("+")
    assert " to " in row["interval"]
    assert len(reading.charts(app)[0][0]["data"]) == 6
    alone = open_app("quality", series="call-notes, faithfulness by judge-a 1")
    assert [trace["name"] for trace in reading.charts(alone)[0][0]["data"]] == ["call-notes, faithfulness by judge-a 1"]


def test_an_evaluation_that_failed_is_counted_and_listed(full_store: Store, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        connection.execute(
            sa.update(table(Evaluation))
            .where(table(Evaluation).c.evaluation_id == "call-notes-v20-automated")
            .values(passed=False)
        )
    app = open_app("quality")
    assert reading.metrics(app)["Evaluations failed"] == "1"
    assert list(reading.table_with(app, "evaluator")["version"]) == ["call-notes-v20"]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(10, 11, "• no difference beyond chance"), (10, 60, "✕ more often"), (60, 10, "✓ less often"), (0, 0, "– none")],
)
def test_a_change_after_a_release_is_told_only_beyond_chance(before: int, after: int, verdict: str) -> None:
    counts = {"before_checked_count": 1000, "after_checked_count": 1000}
    row = {**counts, "before_violation_count": before, "after_violation_count": after}
    assert quality.verdict(row).startswith(verdict)


def test_nothing_checked_is_no_rate() -> None:
    assert (quality.rate(0, 0), quality.rate(None, 10), quality.rate_told(0, 10)) == (None, None, "0 per 10k")


def test_delivery_tells_lead_time_rollbacks_and_what_waits(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("delivery", months="6 months")
    assert "taken back" in reading.text(app)
    assert "approved specification" in reading.text(app)
    assert set(reading.table_with(app, "ending")["ending"]) == {"✕ reverted", "– never got out"}
    assert set(reading.table_with(app, "lacks")["later"]) == {"✕ not yet"}
    assert {"One release", "Median of the month", "P85"} == {t["name"] for t in reading.charts(app)[0][0]["data"]}
    everything = open_app("delivery")
    teams = reading.table_with(everything, "registered_count")
    assert set(teams["team"]) == {one.team for one in company.FEATURES}
    assert set(teams["calling_count"]) <= {"✓ yes", "✕ no"}


def test_a_small_group_has_no_number_nor_has_one_that_gives_it_away() -> None:
    rows = [group(None, 25), group("A", 12), group("B", 9), group("C", 4, value=1.0)]
    found = {one.name: one for one in people.answered(rows)}
    assert (found["C"].hidden, found["B"].hidden) == (people.SUPPRESSED, people.BESIDE)
    assert not found["A"].hidden
    assert not found["Everybody"].hidden
    shown = people.surveyed_table(list(found.values()), []).to_pylist()
    assert [row["value"] for row in shown if row["group"] in "BC"] == [people.BESIDE, people.SUPPRESSED]
    exported = {row["group_name"]: row for row in people.shown(list(found.values())).to_pylist()}
    assert exported["C"]["value"] is exported["C"]["answer_count"] is exported["B"]["promoter_count"] is None
    assert exported["A"]["answer_count"] == 12
    assert people.enps(found["C"]) is people.mean(found["B"]) is None


def test_people_are_shown_as_groups_only(full_store: Store, open_app: OpenApp) -> None:
    at = NOW - timedelta(days=36)
    common = {
        "source": "surveys",
        "metric": "engagement_enps",
        "period_start": at,
        "period_end": at + timedelta(days=7),
    }
    insert(
        full_store,
        Measurement,
        [
            Measurement(**common, group_name=name, answer_count=count, promoter_count=1, detractor_count=0)
            for name, count in (("Research", 3), ("Platform", 20), ("Apps", 17))
        ],
    )
    app = open_app("people")
    newest = reading.table_with(app, "survey").set_index("group")
    assert newest.loc["Research", "value"] == "suppressed (fewer than 5 answers)"
    assert newest.loc["Research", "answers"] == "–"
    cards = reading.metrics(app)
    assert cards["eNPS"] == "+40 pts"
    assert cards["Answered"] == "83%"
    assert cards["Open positions"] == str(sum(one.status == "open" for one in review.openings(NOW)))


def test_hiring_stages_pass_by_their_sums(full_store: Store, open_app: OpenApp) -> None:
    stage = {"source": "m", "metric": "hiring_stage_pass", "group_name": "interview"}
    insert(
        full_store,
        Measurement,
        [
            Measurement(
                **stage, period_start=NOW - timedelta(days=age), period_end=NOW, numerator=passed, denominator=entered
            )
            for age, passed, entered in ((40, 1.0, 10.0), (70, 9.0, 30.0))
        ],
    )
    row = reading.table_with(open_app("people"), "stage").set_index("stage").loc["interview"]
    assert (row["rate"], row["of"]) == (0.25, "10 of 40")


def test_the_catalogue_finds_what_costs_money_and_lacks_something(full_store: Store, open_app: OpenApp) -> None:
    with full_store.write() as connection:
        features = table(Feature)
        connection.execute(sa.update(features).where(features.c.feature == "voice-replies").values(owner=""))
        connection.execute(
            sa.update(features)
            .where(features.c.feature == "call-notes")
            .values(links="board https://wiki.example.com/b\nrun book https://wiki.example.com/r")
        )
    insert(full_store, Release, [_stranger()])
    app = open_app("catalogue")
    text = reading.text(app)
    assert "features cost money but lack an owner (1), an SLO" in text
    assert "1 feature that features.toml does not declare" in text
    assert list(reading.table_with(app, "release_count")["feature"]) == ["not-declared"]
    shown = reading.table_with(app, "runbook").set_index("name")
    assert shown.loc["Call notes", "runbook"] == "https://wiki.example.com/b"
    assert shown.loc["Voice replies", "owner"] == "✕ none"
    assert list(reading.table_with(open_app("catalogue", without="owner"), "runbook")["name"]) == ["Voice replies"]
    assert "run book" in reading.text(open_app("catalogue", feature="Call notes"))


def test_the_empty_pages_name_the_missing_sources(empty_store: Store, open_app: OpenApp) -> None:
    assert "No source of evaluations is connected." in reading.text(open_app("quality"))
    assert "No source of releases is connected." in reading.text(open_app("delivery"))
    assert "No source of surveys and headcounts is connected. docs/people.md shows how." in reading.text(
        open_app("people")
    )
    assert "No feature is declared" in reading.text(open_app("catalogue"))


def test_marks_are_those_of_the_filter_and_of_everybody(full_store: Store, open_app: OpenApp) -> None:
    open_app("today")
    start, end = NOW - timedelta(days=60), NOW
    found = events.marks(start, end, [("feature", ["call-notes"])])
    assert {row["feature"] for row in found.rows} <= {"call-notes", None}
    assert len(found.rows) == events.MOST
    assert found.more_count > 0
    kinds = {row["kind"] for row in events.marks(start, end, without="release").rows}
    assert "release" not in kinds
    assert "incident" in kinds


def _stranger() -> Release:
    at = NOW - timedelta(days=2)
    return Release(
        source="ci", release_id="n1", created_at=at, released_at=at, kind="code", status="released",
        feature="not-declared",
    )  # fmt: skip


def test_a_team_that_would_give_a_small_one_away_is_not_told_either() -> None:
    def of(count: int) -> Point:
        return Point(value=30.0, sample_count=count)

    teams = [("a", of(20)), ("b", of(9)), ("c", of(3))]
    assert [name for name, _ in people.without_small(teams, of(32))] == ["a"], "32 - 29 would be c"
    assert [name for name, _ in people.without_small(teams[:2], of(31))] == ["a"], "2 of no team are left"
    assert [name for name, _ in people.without_small(teams[:2], of(29))] == ["a", "b"]
