"""The review of a closed week in Slack: once, with a picture of the scorecard, and as files in a folder."""

import struct
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from alerts import deliver
from alerts.configured import routing_of
from alerts.digest_lines import Given, reviewed
from alerts.notice import from_json
from alerts.review_post import key_of
from alerts.scoreboard import Scoreboard, Standing
from alerts.scoreboard_picture import HEAD, LINE, MOST_LINES, WIDTH, scoreboard_png
from burnline.context import Context
from burnline.review import close
from burnline.review_files import content_of
from burnline.review_post import post_now, post_of, report_if_due
from config.loader import Reference, Routes
from config.settings import Organization, ReviewSettings, Settings, SettingsError
from domain.kpi.reading import Status
from queries.kpi_closing import last_week
from queries.kpi_definitions import chosen
from queries.kpis import Period
from queries.runner import run
from store.calendar import sync_calendar
from store.engine import Store
from store.tables import Release
from tests.alerts.support import SlackServer, insert, outbox

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)


@pytest.fixture
def context(duckdb_store: Store, settings: Settings, tmp_path: Path) -> Context:
    """An organisation with a calendar and three releases, of which one was reverted, whose review goes to Slack."""
    chosen = settings.model_copy(update={"review": ReviewSettings(to="slack", folder="reviews")})
    sync_calendar(duckdb_store, Organization(), (), NOW.date())
    at = datetime(2026, 10, 6, 9, tzinfo=UTC)
    made = [
        Release(
            source="github_releases",
            release_id=f"d{day}",
            created_at=at + timedelta(days=day),
            kind="prompt",
            status="released",
            version=str(day),
            feature="desk",
            released_at=at + timedelta(days=day),
            reverts="d4" if day == 5 else None,
        )
        for day in (0, 4, 5, 9, 11, 13, 14)
    ]
    insert(duckdb_store, Release, made)
    routing, _ = routing_of(Routes(), chosen)
    return Context(tmp_path, chosen, Reference(), [], duckdb_store, routing, ())


@pytest.fixture
def week(context: Context) -> Period:
    found = last_week(context.store, NOW)
    assert found is not None
    return found


def test_a_closed_week_is_told_and_written_once(context: Context, week: Period, slack: SlackServer) -> None:
    assert report_if_due(context, NOW) == [], "it is not closed"
    close(context, week, NOW)
    folder = context.folder / "reviews"
    assert report_if_due(context, NOW + timedelta(minutes=5)) == [
        "The review of 2026-W47 is on its way to slack.",
        f"The review of 2026-W47 is written to {folder / 'burnline-review-2026-W47.html'}.",
        f"The review of 2026-W47 is written to {folder / 'burnline-review-2026-W47.pdf'}.",
    ]
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(written) == 2
    assert report_if_due(context, NOW + timedelta(minutes=10)) == []
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == written
    slack.now = NOW + timedelta(minutes=10)
    deliver(context.store, context.settings, slack.now, routing=context.routing, sleep=lambda _: None)
    (root,) = slack.roots()
    assert "Weekly review 2026-W47 · 16–22 Nov 2026" in root["text"]
    (image,) = [block for block in root["blocks"] if block["type"] == "image"]
    assert image["alt_text"].startswith("2026-W47 · 16–22 Nov 2026.")
    drawn = httpx2.get(f"{slack.url}/slack/files/{image['slack_file']['id']}.png", trust_env=False).content
    assert struct.unpack(">II", drawn[16:24])[0] == WIDTH
    (button,) = [element for block in root["blocks"] if block["type"] == "actions" for element in block["elements"]]
    assert button["url"].endswith("/?week=2026-W47")
    (row,) = outbox(context.store)
    assert (row.alert_id, row.status) == (key_of("slack", "2026-W47"), "sent")


def test_the_message_names_what_is_off_track_with_a_link_to_it(context: Context, week: Period) -> None:
    close(context, week, NOW)
    content = content_of(context, week, NOW)
    post = post_of(context, content)
    found = [row for row in content.review.rows if row.verdict.status in (Status.MISSED, Status.AT_RISK)]
    assert found, "there is something to tell"
    assert len(post.concerns) == len(found)
    for item, row in zip(post.concerns, found, strict=True):
        assert row.kpi.name in item.text
        assert (item.link or "").endswith(f"/metric?kpi={row.kpi.key}&week=2026-W47")
    assert sum(int(number) for _, number in post.counts) == len(post.board.lines) == 18
    assert post.headline in post.text()


def test_a_week_that_closed_days_ago_is_left_out(context: Context, week: Period) -> None:
    close(context, week, NOW)
    assert report_if_due(context, NOW + timedelta(days=3)) == []
    assert outbox(context.store) == []


def test_a_folder_that_cannot_be_written_does_not_keep_the_message_back(context: Context, week: Period) -> None:
    (context.folder / "reviews").write_text("in the way")
    close(context, week, NOW)
    told, problem = report_if_due(context, NOW)
    assert told.endswith("on its way to slack.")
    assert "burnline-review-2026-W47.html cannot be written: " in problem
    assert len(outbox(context.store)) == 1


def test_what_keeps_it_from_being_told_is_one_sentence(context: Context, week: Period) -> None:
    content = content_of(context, week, NOW)
    with pytest.raises(SettingsError, match=r"2026-W47 is not closed, .* review close --week 2026-W47"):
        post_now(context, content, NOW)
    with pytest.raises(SettingsError, match=r"2026-W47 is not over before 2026-11-23 00:00 UTC"):
        content_of(context, week, week.end - timedelta(hours=1))
    for to, problem in (
        (None, r'no to = "…" in its section \[review\]'),
        ("board", r"\[review\] to = 'board' names no"),
    ):
        chosen = context.settings.model_copy(update={"review": ReviewSettings(to=to)})
        with pytest.raises(SettingsError, match=problem):
            post_now(replace(context, settings=chosen), content, NOW)
    assert outbox(context.store) == []


def test_the_command_says_when_it_was_told_before(context: Context, week: Period, slack: SlackServer) -> None:
    close(context, week, NOW)
    content = content_of(context, week, NOW)
    assert post_now(context, content, NOW) == "slack is told of 2026-W47."
    assert post_now(context, content, NOW) == "slack was told of 2026-W47 before; it is not told again."
    assert len(slack.roots()) == 1


def test_the_digest_begins_with_the_kpis_when_any_can_be_judged(context: Context, week: Period) -> None:
    given_ = Given(partial(run, context.store), Settings(), NOW, week.start_on, kpis=chosen())
    content = content_of(context, week, NOW)
    assert reviewed(given_) == post_of(context, content).headline
    assert reviewed(replace(given_, kpis=())) == ""
    assert reviewed(replace(given_, monday=date(2026, 11, 23))) == "", "that week is not over"


@profile(max_examples=6, deadline=None)
@given(
    lines=st.lists(
        st.builds(
            Standing,
            st.text(max_size=60) | st.just("$x^2$ 一 🔥"),
            st.sampled_from([str(status) for status in Status]),
            st.just("✕ Off track"),
            st.text(max_size=12),
            st.text(max_size=60),
            st.lists(st.none() | st.floats(-1e12, 1e12), max_size=13).map(tuple),
        ),
        max_size=40,
    )
)
def test_any_scorecard_can_be_drawn_and_survives_the_outbox(lines: list[Standing]) -> None:
    board = Scoreboard("Week", tuple(lines))
    width, height = struct.unpack(">II", scoreboard_png(board)[16:24])
    assert width == WIDTH
    assert height >= HEAD + LINE * min(len(lines), MOST_LINES)
    off = [line for line in lines if line.status in (Status.MISSED, Status.AT_RISK)]
    assert board.words.endswith(f"{len(lines) - len(off)} others.")


def test_a_scorecard_in_the_outbox_is_read_back_as_it_was(context: Context, week: Period) -> None:
    close(context, week, NOW)
    report_if_due(context, NOW)
    (row,) = outbox(context.store)
    assert from_json(row.payload or "").chart == post_of(context, content_of(context, week, NOW)).board
