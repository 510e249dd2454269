"""The weekly review: the sentence, the exceptions, the scorecard, what was promised, and closed weeks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import data, review
from domain.kpi.reading import Status
from queries import kpis
from queries.kpi_closing import close_week
from queries.kpi_definitions import chosen, shipped
from queries.kpis import Filters, Period
from queries.runner import run
from store.engine import Store
from store.kpi_notes import add_action, add_comment, close_action
from store.tables import Restatement
from tests.app.conftest import NOW, OpenApp, clear_caches
from tests.app.support import reading
from tests.app.support.seed import insert


def week_of(store: Store) -> Period:
    def ask(name: str, **given: Any) -> Any:
        return run(store, name, **given)

    return next(week for week in reversed(kpis.periods_to(ask, NOW)["week"]) if week.end <= NOW)


def test_the_first_page_says_what_is_off_track_and_shows_every_kpi(full_store: Store, open_app: OpenApp) -> None:
    app = open_app()
    found = data.review(week_of(full_store), Filters())
    counts = review.counts(found)
    assert reading.metrics(app)["✕ Off track"] == str(counts[Status.MISSED])
    text = reading.text(app)
    judged = counts[Status.MISSED] + counts[Status.AT_RISK] + counts[Status.MET]
    assert f"{counts[Status.MISSED]} of {judged} KPIs are off track:" in text
    assert "✕ Off track **Rollback rate**: 12.5% in 2026-10, target < 5%" in text
    assert "**no owner** (kpis.toml)" in text
    table = reading.table_with(app, "kpi")
    assert len(table) == 18
    line = table.set_index("kpi").loc["Rollback rate"]
    assert (line["status"], line["value"], line["gap"]) == ("✕ Off track", "12.5%", "+7.5 pp")
    line = table.set_index("kpi").loc["Grave AI incidents"]
    assert (line["status"], line["target"]) == ("✕ Off track", "falling, sev1 in quarter < 2")
    assert "sev1 in quarter 2 is not < 2" in text


def test_a_closed_week_keeps_its_numbers_and_tells_what_was_restated(full_store: Store, open_app: OpenApp) -> None:
    week = week_of(full_store)
    close_week(full_store, chosen(), week, "USD", NOW - timedelta(hours=1))
    before = reading.table_with(open_app(), "kpi").set_index("kpi")
    assert "restated" not in before.columns
    with full_store.write() as connection:
        connection.exec_driver_sql("delete from release where release_id like 'r%'")
    insert(
        full_store,
        Restatement,
        [
            Restatement(
                run_id="r",
                restated_at=NOW,
                source="github_releases",
                table_name="release",
                day=week.start_on,
                measure="releases",
                before_value=None,
                after_value=None,
            )
        ],
    )
    clear_caches()
    app = open_app()
    after = reading.table_with(app, "kpi").set_index("kpi")
    assert after.loc["Rollback rate", "value"] == before.loc["Rollback rate", "value"]
    told = after.loc["Rollback rate", "restated"]
    assert told.startswith("now 0% (-12.5 pp): github_releases delivered other figures")
    assert after.loc["Time to hire", "restated"] == ""
    assert set(after.index[after["restated"] != ""]) == {"Rollback rate", "Evaluation coverage"}
    told = next(line for line in reading.text(app).splitlines() if "Closed on" in line)
    assert told.endswith("Closed on 23 Nov 13:20 UTC; 2 KPIs restated since.")
    assert list(after["target"]) == list(before["target"]), "also those of tiers"
    one = reading.text(open_app("metric", kpi="rollback_rate"))
    assert "Closed on 23 Nov 13:20 UTC with 12.5%, ✕ Off track; now 0% (-12.5 pp): github_releases" in one


def test_a_closed_week_keeps_its_targets_and_every_kpi_it_knew(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    reviewed = [kpi for kpi in chosen() if kpi.key != "hiring"]
    close_week(full_store, reviewed, week_of(full_store), "USD", NOW - timedelta(hours=1))
    file = environment.parent / "config" / "kpis.toml"
    file.write_text('[kpi.rollback_rate]\ntarget = "< 50%"\n[kpi.mttd]\noff = true\n', encoding="utf-8")
    app = open_app()
    table = reading.table_with(app, "kpi").set_index("kpi")
    line = table.loc["Rollback rate"]
    assert (line["status"], line["target"], line["gap"]) == ("✕ Off track", "< 5%", "+7.5 pp")
    assert line["restated"] == "its target is < 50% now"
    assert table.loc["Time to hire", "restated"].startswith("not on record")
    assert "nothing was restated since. On record, but not reviewed any more: mttd." in reading.text(app)


def test_what_an_address_asks_for_in_vain_is_told(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("metric", kpi="<b>$x$</b>", week="2026-W53")
    told = (
        "The address asks for what is not there: KPI “<b>$x$</b>” and week “2026-W53”; "
        "shown instead: Feature lead time and 2026-W47."
    )
    assert [one.value.replace("\\", "") for one in app.warning] == [told]
    app.run()
    assert "Feature lead time: " in reading.text(app)


def test_filters_that_an_address_asks_for_in_vain_are_told_with_what_is_shown(
    full_store: Store, open_app: OpenApp
) -> None:
    app = open_app("weekly", tier="vital", team=["Discovery", "Nobody"], features="none", week="soon")
    told = (
        "The address asks for what is not there: tier “vital”, team “Nobody”, feature “none” and week “soon”; "
        "shown instead: every tier, every feature and 2026-W47 · 16–22 Nov 2026."
    )
    assert [one.value.replace("\\", "") for one in app.warning] == [told]
    assert "Only Discovery." in reading.text(app)


def test_what_was_promised_stands_on_top_and_can_be_ended(full_store: Store, open_app: OpenApp) -> None:
    week = week_of(full_store)
    add_action(full_store, "rollback_rate", week.start_on, "Ines", "Canary every prompt", NOW.date(), "Yuki", NOW)
    late = NOW.date() - timedelta(days=3)
    add_action(full_store, "mttd", week.start_on, "Rafael", "Alert on silence", late, "Yuki", NOW)
    add_comment(full_store, "mttd", week.start_on, "Ines", "The detector was off.", NOW)
    app = open_app()
    text = reading.text(app)
    assert "▲ Overdue · **Time to detect**: Alert on silence (Rafael, due 20 Nov 2026)" in text
    table = reading.table_with(app, "kpi").set_index("kpi")
    assert table.loc["Rollback rate", "action"] == "Ines: Canary every prompt (23 Nov 2026)"
    assert table.loc["Time to detect", "comment"] == "Ines, 23 Nov 2026: The detector was off."
    next(button for button in app.button if button.label == "Done").click().run()
    told = "Write your name and a sentence on what became of it, so that others know who ended the promise and how."
    assert app.error[0].value == told
    assert [one["status"] for one in run(full_store, "kpi/actions", since=week.start_on).rows()] == ["open", "open"]
    app.text_input(key="note-who").input("Yuki").run()
    next(button for button in app.button if button.label == "Done").click().run()
    assert app.error[0].value.startswith("Write a sentence on what became of it, so")
    became(app).input("It was heard twice.")
    next(button for button in app.button if button.label == "Done").click().run()
    kept = run(full_store, "kpi/actions", since=week.start_on).rows()
    assert [(one["status"], one["closed_by"], one["result"]) for one in kept] == [
        ("open", None, None),
        ("done", "Yuki", "It was heard twice."),
    ]
    other = next(one["action_id"] for one in kept if one["status"] == "open")
    app.text_input(key="note-who").input("Ann")
    became(app).input("Too late.")
    assert close_action(full_store, other, "dropped", "Ines", NOW)
    next(button for button in app.button if button.label == "Done").click().run()
    assert app.error[0].value.replace("\\", "") == (
        "It was ended before you did, and stays so: Canary every prompt (Ines, due 23 Nov 2026); "
        "dropped by Ines on 23 Nov 2026."
    )
    ended = "✓ Done · **Time to detect**: Alert on silence (Rafael, due 20 Nov 2026); done by Yuki on 23 Nov 2026: It"
    assert ended in reading.text(app)


def became(app: AppTest) -> Any:
    return next(box for box in app.text_input if box.label == "What became of it")


def test_a_target_that_cannot_be_read_is_told_in_its_row(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    (environment.parent / "config" / "kpis.toml").write_text('[kpi.mttd]\ntarget = "fast"\n', encoding="utf-8")
    app = open_app()
    table = reading.table_with(app, "kpi").set_index("kpi")
    assert table.loc["Time to detect", "status"] == "◌ Not enough data"
    assert table.loc["Rollback rate", "status"] == "✕ Off track"
    assert "'fast' is not a target; write one such as" in reading.text(app)


def test_a_narrowed_review_says_which_kpis_do_not_know_the_filter(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("weekly", team="Discovery")
    table = reading.table_with(app, "kpi").set_index("kpi")
    assert "Only Discovery." in reading.text(app)
    assert table.loc["Budget variance", "known"] != "It is not known by team."
    narrowed = open_app("weekly", features="code-review")
    table = reading.table_with(narrowed, "kpi").set_index("kpi")
    assert table.loc["Team engagement", "known"] == "It is not known by feature."


@pytest.mark.parametrize("key", list(shipped()))
def test_every_kpi_has_its_page(full_store: Store, open_app: OpenApp, key: str) -> None:
    app = open_app("metric", kpi=shipped()[key].name)
    text = reading.text(app)
    assert f"{shipped()[key].name}: " in text
    axes = [drawn["layout"]["yaxis"].get("tickformat") for drawn, _ in reading.charts(app)]
    assert "~s" not in axes, "a half is no 500m"
    assert "**Arithmetic:**" in text
    assert "could not be drawn" not in text


def test_a_comment_and_a_promise_are_kept_and_want_a_name(full_store: Store, open_app: OpenApp) -> None:
    app = open_app("metric", kpi="rollback_rate")
    app.text_area(key="note-comment").input("Two prompts were wrong.")
    next(button for button in app.button if button.label == "Comment").click().run()
    assert "Write your name and a comment" in app.error[0].value
    app.text_input(key="note-who").input("Yuki")
    app.text_area(key="note-comment").input("Two prompts were wrong.")
    next(button for button in app.button if button.label == "Comment").click().run()
    app.text_input(key="note-owner").input("Ines")
    app.text_input(key="note-text").input("Canary every prompt")
    next(button for button in app.button if button.label == "Promise").click().run()
    text = reading.text(app)
    assert "Yuki" in text
    assert "Two prompts were wrong." in text
    assert "Canary every prompt (Ines, due 7 Dec 2026)" in text
    acts = [row[0] for row in rows(full_store, "select action from audit_event order by occurred_at, action")]
    assert acts == ["commented", "promised"]


def rows(store: Store, statement: str) -> list[Any]:
    with store.read() as connection:
        return list(connection.exec_driver_sql(statement))
