"""The weekly review as HTML, PDF and CSV: whole, self-contained, inert, and the same for the same data."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv

from app import review as words
from app.frozen import as_closed, frozen
from app.report import paper
from app.report.content import Content, gather
from app.report.document import Document, document
from app.report.html import html
from app.report.pdf import pdf
from app.report.sparkline import EDGE, shape
from app.report.tables import archive, files
from config.reference.kpis import KpiChoice
from config.settings import Organization, Settings
from domain.kpi.reading import Status
from domain.kpi.target import parse_target
from queries import kpis
from queries.kpi_closing import close_week
from queries.kpi_definitions import chosen, shipped
from queries.runner import run
from store.engine import Store, open_store
from store.kpi_notes import add_action, add_comment
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company

HOSTILE = "</pre></td><script>alert(1)</script><img src=x onerror=alert(2)> & \"q\" 'a' javascript:x"
SETTINGS = Settings(organization=Organization(name="Larkfield <b>& Söhne</b>"))
FEW = tuple(shipped())[:4]


@pytest.fixture(scope="module")
def store(templates: tuple[Path, Path, company.Books], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"duckdb:///{shutil.copy(templates[0], tmp_path_factory.mktemp('report') / 'store.duckdb')}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def content(store: Store) -> Content:
    """The last week, closed, with a hostile comment and two promises of which one is overdue."""
    ask, wanted = partial(run, store), chosen()
    week = [one for one in kpis.periods_to(ask, NOW)["week"] if one.end <= NOW][-1]
    assert close_week(store, wanted, week, "USD", NOW)
    add_comment(store, "rollback_rate", week.start_on, HOSTILE, HOSTILE, NOW)
    add_action(store, "rollback_rate", week.start_on, "Lucía Farrow", HOSTILE, date(2026, 12, 4), "Ann", NOW)
    add_action(store, "mttd", week.start_on, "Marek Osei", "Page on the first probe", date(2026, 11, 20), "Ann", NOW)
    return gather(ask, kpis.review(ask, wanted, week, "USD"), SETTINGS, NOW)


@pytest.fixture(scope="module")
def made(content: Content) -> Document:
    return document(content)


class Tags(HTMLParser):
    """What stands in a page: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_says_everything_of_every_kpi(content: Content, made: Document) -> None:
    page = Tags(html(made))
    assert len(page.all("article")) == len(content.review.rows) == len(page.all("details")) == 18
    for row in content.review.rows:
        assert page.text.count(row.kpi.name) >= 3
        assert row.kpi.definition in page.text
        assert f"queries/{row.kpi.query}.sql" in page.text
    for told in (made.headline, made.note, *made.promised):
        assert told in page.text
    assert "Closed on 23 Nov 14:20 UTC" in made.note
    assert "▲ Overdue · Page on the first probe (Marek Osei, due 20 Nov 2026)" in page.text
    rollbacks = next(block for block in made.blocks if block.key == "rollback_rate")
    numbers = dict(rollbacks.facts)
    assert re.fullmatch(r"\d+ / \d+ = [\d.]+%", numbers["Arithmetic"])
    assert numbers["Restated"] == "not since the close"
    assert re.search("SHA-256 [0-9a-f]{12}$", numbers["Query"])


def test_words_of_people_are_never_markup(made: Document) -> None:
    page = Tags(html(made))
    assert HOSTILE in page.text
    assert "\u202e" not in html(replace(made, headline="\u202eturned")), "nothing turns the words behind it"
    assert "Larkfield <b>& Söhne</b>" in page.text
    assert not {name for name, _ in page.tags} & {"script", "img", "iframe", "object", "form"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_elsewhere(made: Document) -> None:
    page = Tags(html(made))
    assert not page.all("link")
    links = [attributes["href"] for attributes in page.all("a")]
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert links
    assert all(link and link.startswith("#") and link[1:] in ids for link in links)
    assert not [a for _, a in page.tags if "src" in a or "style" in a]
    assert "url(" not in html(made)
    assert "@import" not in html(made)


def test_the_page_can_be_heard(made: Document) -> None:
    page = Tags(html(made))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.all("th"))
    names = [tag for tag, _ in page.tags]
    assert names.count("svg") == len([i for i, tag in enumerate(names) if tag == "svg" and names[i + 1] == "title"]) > 0
    assert [a["lang"] for a in page.all("html")] == ["en"]


def test_what_the_target_of_a_closed_week_compared_is_kept_and_told(content: Content, made: Document) -> None:
    told = {block.key: dict(block.facts).get("Judged") for block in made.blocks}
    assert told["safety_violation_rate"] == "Leaked per 10k 0.5"
    assert told["feature_lead_time"] == "-50.0% in a year"
    assert told["customer_defects"] == "-0.3 against the mean before"
    assert told["rollback_rate"] is None
    lead = next(block.lead for block in made.blocks if block.key == "safety_violation_rate")
    assert lead.startswith("2.5 per 10k (leaked per 10k 0.5) in 2026-W47, target ≤ 5 per 10k")
    kept = {one["kpi"]: one for one in content.snapshots[0].rows()}
    assert (kept["safety_violation_rate"]["judged"], kept["safety_violation_rate"]["judged_as"]) == (
        0.5,
        "leaked_per_10k",
    )
    assert kept["feature_lead_time"]["judged_as"] == "change of value in a year"
    assert kept["incident_rate"]["limited_to"] == "sev1_in_quarter_count < 2"


def test_a_closed_week_stays_as_it_was_judged_whatever_the_target_is_now(store: Store, content: Content) -> None:
    choice = KpiChoice("rollback_rate", targets={"": parse_target("< 90%")})
    found = kpis.review(partial(run, store), chosen([choice]), content.review.week, "USD")
    row = next(
        row for row in gather(partial(run, store), found, SETTINGS, NOW).review.rows if row.kpi.key == "rollback_rate"
    )
    assert (row.verdict.status, row.reading.target) == (Status.MISSED, parse_target("< 5%"))
    assert row.reading.gap == pytest.approx(0.075)


def test_a_week_closed_before_it_was_kept_says_that_it_was_not(store: Store, content: Content) -> None:
    found = kpis.review(partial(run, store), chosen(), content.review.week, "USD")
    old = [{**one, "judged": None, "judged_as": None, "limited_to": None} for one in content.snapshots[0].rows()]
    told = {key: one.judged for key, one in frozen(found.rows, old, [], "USD").items()}
    assert {key for key, one in told.items() if one == "not kept"} >= {"mttr", "safety_violation_rate", "unit_cost"}
    assert told["rollback_rate"] == ""
    rows = {row.kpi.key: row for row in as_closed(found, old, []).rows}
    assert rows["rollback_rate"].reading.gap == pytest.approx(0.075)
    assert words.standing(rows["safety_violation_rate"], "USD").startswith("2.5 per 10k (leaked per 10k 0.5)")


def test_a_narrowed_review_says_so_and_is_never_the_closed_one(store: Store, content: Content) -> None:
    ask = partial(run, store)
    chosen = [shipped()[key] for key in FEW]
    found = kpis.review(ask, chosen, content.review.week, "USD", kpis.Filters(team=("Nobody's <team>",)))
    narrowed = document(gather(ask, found, SETTINGS, NOW))
    assert narrowed.note.endswith("Only Nobody's <team>. As it is known now: a week is closed with everything.")
    assert len(narrowed.blocks) == len(FEW)
    assert all("Restated" not in dict(block.facts) for block in narrowed.blocks)


def test_a_value_that_changed_since_the_close_stays_and_the_change_is_told(store: Store, content: Content) -> None:
    ask = partial(run, store)
    found = kpis.review(ask, chosen(), content.review.week, "USD")
    rows = [
        replace(row, reading=replace(row.reading, point=replace(row.reading.point, value=0.5)))
        if row.kpi.key == "rollback_rate"
        else row
        for row in found.rows
    ]
    told = document(gather(ask, replace(found, rows=rows), SETTINGS, NOW))
    line = next(one for one in told.lines if one.key == "rollback_rate")
    assert line.value != "50%"
    assert line.notes[0].startswith("Restated: now 50% (")
    assert "1 KPI restated since" in told.note


def test_a_pdf_of_the_same_data_has_the_same_bytes_and_all_pages_are_numbered(made: Document) -> None:
    first, again = pdf(made, NOW), pdf(made, NOW)
    assert first == again
    assert first != pdf(made, NOW + timedelta(days=1))
    assert first.startswith(b"%PDF-")
    assert b"D:20261123142000Z" in first
    pages = len(re.findall(rb"/Type /Page\b(?!s)", first))
    assert pages == int(re.findall(rb"/Count (\d+)", first)[0]) > 5
    assert first.count(b"/FontFile2") == 3, "its three faces are embedded"
    assert first.count(b"/ToUnicode") == first.count(b"/FontFile2"), "text can be searched and copied"


def test_signs_without_a_face_stand_as_their_codes() -> None:
    assert paper.drawn("Ł 漢字 ok 👩\u200d💻") == "Ł [U+6F22 U+5B57] ok [U+1F469 U+1F4BB]"
    assert paper.drawn("漢" * 90) == "[U+6F22 U+6F22 U+6F22 U+6F22 …]"
    assert paper.drawn("select 1\n") == "select 1\n"


def test_a_pdf_takes_any_text(made: Document) -> None:
    odd = "一 🔥 \u202e <para> &amp; " + "x" * 400
    blocks = [replace(made.blocks[0], name=odd, said=(odd,), lead=odd, facts=((odd, odd),))]
    strange = replace(
        made, title=odd, headline=odd, organization=odd, promised=(odd * 40,), blocks=tuple(blocks), queries=()
    )
    assert pdf(strange, NOW).startswith(b"%PDF-")
    long = ("word " * 200,) * 12
    longest = replace(made.blocks[0], said=long, promised=long)
    full = replace(made, blocks=(longest,), lines=(replace(made.lines[0], notes=long),), queries=())
    assert pdf(full, NOW).startswith(b"%PDF-"), "what is said of one KPI goes over pages"


def test_everything_behind_it_is_there_as_csv_with_every_digit(content: Content) -> None:
    found = files(content)
    keys = {row.kpi.key for row in content.review.rows}
    read = {path: csv.read_csv(BytesIO(told)) for path, told in found.items()}
    assert {path.split("/")[1].removesuffix(".csv") for path in found if path.startswith("answers/")} == keys
    assert set(read["scorecard.csv"].column("kpi").to_pylist()) == keys
    assert read["trend.csv"].num_rows == sum(len(row.points) for row in content.review.rows)
    values = dict(zip(*(read["scorecard.csv"].column(name).to_pylist() for name in ("kpi", "value")), strict=True))
    assert values == {row.kpi.key: row.reading.point.value for row in content.review.rows}
    assert set(read["snapshots.csv"].column("scope_type").to_pylist()) >= {"all", "tier", "team", "feature"}
    assert read["comments.csv"].column("text").to_pylist() == [HOSTILE]
    assert read["actions.csv"].num_rows == 2
    packed = archive(content)
    assert packed == archive(content)
    with ZipFile(BytesIO(packed)) as opened:
        assert {name.partition("/")[2] for name in opened.namelist()} == set(found)
        assert opened.read("burnline-review-2026-W47/trend.csv") == found["trend.csv"]


@given(
    values=st.lists(st.none() | st.floats(-1e12, 1e12), max_size=30),
    marks=st.lists(st.floats(-1e12, 1e12), max_size=2),
)
def test_a_trend_stays_within_its_box_and_breaks_where_nothing_was_measured(
    values: list[float | None], marks: list[float]
) -> None:
    drawn = shape(values, marks, 100, 20)
    points = [at for run in drawn.runs for at in run]
    assert len(points) == sum(value is not None for value in values)
    assert all(EDGE - 0.01 <= x <= 100 - EDGE + 0.01 and EDGE - 0.01 <= y <= 20 - EDGE + 0.01 for x, y in points)
    assert (drawn.last is None) == (not points)
    known = [value for value in values if value is not None]
    for (a, b), (before, after) in zip(pairwise(known), pairwise(points), strict=True):
        assert (before[1] <= after[1]) if a <= b else (before[1] >= after[1])


def test_the_page_offers_the_report_in_every_form(full_store: Store, open_app: OpenApp) -> None:
    buttons = {one.proto.label: one.proto for one in open_app("weekly").get("download_button")}
    assert {"Report (HTML)", "Report (PDF)", "All CSVs (zip)"} <= buttons.keys()
