"""Surveys: single answers are added up and forgotten, one of each person counts, small groups are not kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.survey_settings import Question
from store.engine import Store
from store.tables import Measurement
from tests.collectors.delivering import delivered, loaded, only, quarantined, refused, rows, write

QUESTIONS = {"q_recommend": "engagement_enps"}
HEADER = "survey_id,wave,submitted_at,group,q_recommend,respondent,comment"


def take(store: Store, path: Path, **chosen: Any) -> Any:
    return loaded(store, path, kind="surveys_csv", name="pulse", **{"questions": QUESTIONS, **chosen})


def answers(path: Path, *values: str) -> Path:
    """(day, group, answer, respondent) as text a/b/c/d."""
    lines = []
    for value in values:
        day, group, answer, who = value.split("/")
        lines.append(f"P,1,2026-10-{day},{group},{answer},{who},my boss is great")
    return write(path, "\n".join([HEADER, *lines]) + "\n")


def kept(store: Store) -> list[tuple[str | None, int]]:
    found = [(row["group_name"], row["answer_count"]) for row in rows(store, Measurement)]
    return sorted(found, key=str)


def test_answers_are_added_up_by_group_and_for_everybody(duckdb_store: Store, tmp_path: Path) -> None:
    scores = [10, 9, 9, 8, 7, 6]
    take(duckdb_store, answers(tmp_path / "a.csv", *(f"1{n}/Search/{score}/p{n}" for n, score in enumerate(scores))))
    everybody, search = sorted(rows(duckdb_store, Measurement), key=lambda row: row["group_name"] or "")
    assert everybody | {"group_name": "Search"} == search
    assert search["metric"] == "engagement_enps"
    assert search["period_start"] == datetime(2026, 10, 1, tzinfo=UTC)
    assert search["period_end"] == datetime(2027, 1, 1, tzinfo=UTC)
    assert (search["promoter_count"], search["detractor_count"], search["answer_count"]) == (3, 1, 6)
    assert search["value"] == pytest.approx(49 / 6)
    assert search["stddev"] == pytest.approx(1.4720, abs=1e-4)
    assert (search["numerator"], search["denominator"]) == (3, 6)
    assert search["team"] is None


def test_the_newest_answer_of_a_person_counts_once_and_is_told(duckdb_store: Store, tmp_path: Path) -> None:
    given = [f"0{n}/Search/9/p{n}" for n in range(1, 6)]
    path = answers(tmp_path / "a.csv", "20/Search/2/P3 ", *given, "21/Search/1/")
    take(duckdb_store, path)
    found = next(row for row in rows(duckdb_store, Measurement) if row["group_name"] == "Search")
    assert (found["answer_count"], found["promoter_count"], found["detractor_count"]) == (6, 4, 2)
    assert quarantined(duckdb_store) == [
        ("a.csv", 4, "the same person answered again; the newest answer counts"),
    ]


def test_no_text_and_no_person_reaches_the_store(duckdb_store: Store, tmp_path: Path) -> None:
    take(duckdb_store, answers(tmp_path / "a.csv", *(f"1{n}/Search/9/jane{n}@example.com" for n in range(6))))
    told = repr(rows(duckdb_store, Measurement)) + repr(quarantined(duckdb_store))
    assert "jane" not in told
    assert "boss" not in told


def test_a_small_group_and_what_would_tell_it_are_left_out(duckdb_store: Store, tmp_path: Path) -> None:
    people = [("Search", 9), ("Care", 4), ("Trust", 6)]
    given = [f"10/{group}/8/{group}{n}" for group, count in people for n in range(count)]
    take(duckdb_store, answers(tmp_path / "a.csv", *given), groups_are_teams=True)
    assert kept(duckdb_store) == [("Search", 9), (None, 19)]
    assert {row["team"] for row in rows(duckdb_store, Measurement)} == {"Search", None}
    assert len(quarantined(duckdb_store)) == 2


def test_answers_without_a_group_are_a_group_too(duckdb_store: Store, tmp_path: Path) -> None:
    given = [f"10/Search/8/s{n}" for n in range(8)] + ["10//2/x", "10//3/y"]
    take(duckdb_store, answers(tmp_path / "a.csv", *given))
    assert kept(duckdb_store) == [(None, 10)]


def test_fewer_answers_than_the_smallest_group_leave_nothing_and_replace_what_was(
    duckdb_store: Store, tmp_path: Path
) -> None:
    take(duckdb_store, answers(tmp_path / "a.csv", *(f"10/Search/8/s{n}" for n in range(6))))
    take(duckdb_store, answers(tmp_path / "a.csv", *(f"10/Search/8/s{n}" for n in range(4))))
    assert rows(duckdb_store, Measurement) == []


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["A", "B", "C", "D", ""]), st.integers(1, 9), min_size=1),
    st.integers(3, 7),
)
def test_no_stored_group_is_small_or_lets_one_be_worked_out(
    tmp_path_factory: pytest.TempPathFactory, people: dict[str, int], least: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "drawn.csv"
    answers(path, *(f"10/{group}/{n % 11}/" for group, count in people.items() for n in range(count)))
    found, _ = delivered(path, kind="surveys_csv", questions=QUESTIONS, min_group_size=least)
    sizes = {row["group_name"]: row["answer_count"] for row in found}
    assert all(size >= least for size in sizes.values())
    assert {group: people[group] for group in sizes if group} == {group: size for group, size in sizes.items() if group}
    if None in sizes:
        hidden = sizes[None] - sum(size for group, size in sizes.items() if group)
        assert hidden == 0 or hidden >= least
    else:
        assert sum(people.values()) < least


def test_a_question_that_is_turned_round_and_its_scale(duckdb_store: Store, tmp_path: Path) -> None:
    lines = "".join(f"2026-10-0{n},{score}\n" for n, score in enumerate([1, 1, 2, 3, 5], start=1))
    path = write(tmp_path / "a.csv", f"submitted_at,q_hard\n{lines}2026-10-06,6\n")
    question = {"metric": "ease", "scale_min": 1, "scale_max": 5, "reversed": True}
    take(duckdb_store, path, questions={"q_hard": question}, period="month")
    found = only(duckdb_store, Measurement)
    assert (found["value"], found["numerator"], found["answer_count"]) == (3.6, 3, 5)
    assert (found["promoter_count"], found["period_end"].month) == (None, 11)
    assert quarantined(duckdb_store) == [("a.csv", 6, "q_hard is no number from 1 to 5")]


def test_how_many_were_asked_is_added_up_over_groups(duckdb_store: Store, tmp_path: Path) -> None:
    lines = "".join(f"2026-10-01,{group},9,{asked}\n" for group, asked in [("A", 12)] * 6 + [("B", 8)] * 7)
    take(duckdb_store, write(tmp_path / "a.csv", f"submitted_at,group,q_recommend,invited\n{lines}"))
    found = {row["group_name"]: row["invited_count"] for row in rows(duckdb_store, Measurement)}
    assert found == {"A": 12, "B": 8, None: 20}


COUNTED = "survey_id,wave,asked_at,question_id,question_label,group,n,mean,scale_min,scale_max,favourable_share"


def test_added_up_answers_are_taken_as_they_are(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        f"{COUNTED}\n"
        'AI-2026H2,2,2026-10-15,q_ai_useful,"AI tools help me",Engineering,42,3.9,1,5,0.5\n'
        'AI-2026H2,2,2026-10-15,q_ai_useful,"AI tools help me",Legal,4,2.0,1,5,0\n'
        'AI-2026H2,1,2026-10-02,q_ai_useful,"AI tools help me",Engineering,40,3.1,1,5,0.4\n'
        'AI-2026H2,2,2026-10-15,q_ai_useful,"AI tools help me",Sales,30,7,1,5,0.4\n'
        "AI-2026H2,2,2026-10-15,q_other,,Sales,30,7,1,5,0.4\n",
    )
    take(duckdb_store, path, questions={"q_ai_useful": "ai_usefulness"}, period="half")
    found = only(duckdb_store, Measurement)
    assert (found["group_name"], found["answer_count"], found["value"]) == ("Engineering", 42, 3.9)
    assert (found["numerator"], found["denominator"], found["period_start"].month) == (21, 42, 7)
    assert quarantined(duckdb_store) == [
        ("a.csv", 2, "the group has fewer than 5 people"),
        ("a.csv", 3, "a newer wave in the same period counts"),
        ("a.csv", 4, "mean is not between 1 and 5"),
    ]


def test_a_group_that_is_called_total_is_everybody(duckdb_store: Store, tmp_path: Path) -> None:
    header = "asked_at,question_id,group,n,mean"
    groups = [("Total", 31), ("Sales", 20), ("Legal", 4), ("Ops", 7)]
    lines = "".join(f"2026-10-15,q,{group},{count},8\n" for group, count in groups)
    take(duckdb_store, write(tmp_path / "a.csv", f"{header}\n{lines}"), questions={"q": "trust"})
    assert kept(duckdb_store) == [("Sales", 20), (None, 31)]


def test_an_enps_needs_its_promoters(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "asked_at,question_id,group,n,mean\n2026-10-15,q_recommend,,40,8.1\n")
    told = refused(duckdb_store, path, kind="surveys_csv", name="pulse", questions=QUESTIONS)
    assert "promoter_count is empty, which engagement_enps cannot do without" in told


def test_a_file_of_another_kind_is_refused(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "when,score\n2026-10-15,8\n")
    told = refused(duckdb_store, path, kind="surveys_csv", name="pulse", questions=QUESTIONS)
    assert told.startswith("a.csv has neither the columns asked_at, question_id, group, n, mean of added-up answers")


@pytest.mark.parametrize("metric", ["stakeholder_satisfaction", "engagement_enps"])
def test_a_metric_from_0_to_10_is_asked_on_no_other_scale(metric: str) -> None:
    with pytest.raises(ValueError, match="is of answers from 0 to 10, not 1 to 5"):
        Question(metric=metric, scale_min=1, scale_max=5)
    assert Question(metric="ai_tools_help", scale_min=1, scale_max=5).scale_max == 5
