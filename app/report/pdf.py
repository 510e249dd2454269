"""The report as PDF: the same in the same order as the HTML file, as real text in embedded fonts."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    HRFlowable,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
    XPreformatted,
)

from app.report import paper
from app.report.document import Block, Concern, Document, Line, Query, Spark
from app.report.html import COLUMNS, LEGEND, NUMBERS
from app.report.paper import COLORS, EDGE, RULE, SHADE, STYLES, Numbered, Trend
from app.report.sparkline import shape
from domain.kpi.reading import Status
from domain.wording import TURNS

TALL, WIDE = A4, landscape(A4)
TEXT_WIDTH = TALL[0] - 2 * EDGE
WIDTHS = (92, 124, 60, 108, 42, 58, 72, 78, 134)
"""Points of the scorecard's columns; together what a wide page has."""
SMALL, LARGE = (66, 17), (190, 44)
SQL_COLUMNS = 132
"""Characters of a line of SQL that fit."""
UNDRAWN = "Some signs cannot be drawn here and stand as their codes, such as [U+6F22]; the HTML report shows them."
PLAIN = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
]


def pdf(made: Document, made_at: datetime) -> bytes:
    """The whole file; the same document and moment give the same bytes."""
    page_count, _ = _built(made, made_at, None)
    return _built(made, made_at, page_count)[1]


def _built(made: Document, made_at: datetime, page_count: int | None) -> tuple[int, bytes]:
    """How many pages it has, and the file."""
    paper.fonts()
    buffer = BytesIO()
    template = BaseDocTemplate(
        buffer,
        title=_drawn(made.title),
        author=_drawn(made.organization),
        subject=_drawn(made.headline),
        creator="Burnline",
        lang="en",
        invariant=1,
        pageTemplates=[Numbered("tall", TALL, page_count), Numbered("wide", WIDE, page_count)],
    )
    template.build([*_story(made)], canvasmaker=partial(_dated, made_at))
    return template.page, buffer.getvalue()


def _dated(made_at: datetime, *args: Any, **options: Any) -> Canvas:
    canvas = Canvas(*args, **options)
    canvas.setDateFormatter(lambda *_: f"D:{made_at:%Y%m%d%H%M%S}Z")
    return canvas


def _story(made: Document) -> Iterator[Flowable]:
    yield _text(made.organization, "soft")
    yield _text(made.title, "title")
    yield _text(made.headline, "headline")
    yield _counts(made)
    yield Spacer(0, 4)
    yield _text(made.note, "soft")
    if not all(map(paper.can_draw, set(str(made).translate(TURNS)))):
        yield _text(UNDRAWN, "soft")
    if made.promised:
        yield from _section("What was promised")
        yield from (_text(one, "body") for one in made.promised)
    if made.exceptions:
        yield from _section("Exceptions")
        yield from map(_concern, made.exceptions)
    yield NextPageTemplate("wide")
    yield PageBreak()
    yield from _section("Scorecard")
    yield _text(LEGEND, "soft")
    yield _scorecard(made.lines)
    yield NextPageTemplate("tall")
    yield PageBreak()
    yield from _section("KPI by KPI")
    yield from map(_block, made.blocks)
    yield PageBreak()
    yield from _section("The queries behind it")
    for query in made.queries:
        yield from _query(query)
    yield Spacer(0, 8)
    yield _text(made.made, "soft")


def _drawn(text: str) -> str:
    return paper.drawn(" ".join(text.translate(TURNS).split()))


def _text(text: str, style: str, before: str = "") -> Paragraph:
    """A paragraph of inert text; `before` is our own markup in front of it."""
    return Paragraph(f"{before}{escape(_drawn(text))}", STYLES[style])


def _status(status: Status, standing: str) -> str:
    return f'<font name="Report-Bold" color="{COLORS[status].hexval().replace("0x", "#")}">{escape(standing)}</font>'


def _bold(text: str) -> str:
    return f'<font name="Report-Bold">{escape(_drawn(text))}</font>'


def _section(title: str) -> Iterator[Flowable]:
    yield Paragraph(title, STYLES["section"])
    yield HRFlowable(width="100%", thickness=1.2, color=paper.INK, spaceBefore=2, spaceAfter=5)


def _counts(made: Document) -> Table:
    cells = [
        [Paragraph(str(number), STYLES["count"]), Paragraph(_status(status, standing), STYLES["small"])]
        for status, standing, number in made.counts
    ]
    bars = [("LINEBEFORE", (i, 0), (i, 0), 3, COLORS[status]) for i, (status, _, _) in enumerate(made.counts)]
    return Table(
        [cells], colWidths=[TEXT_WIDTH / len(cells)] * len(cells), style=[("LEFTPADDING", (0, 0), (-1, -1), 8), *bars]
    )


def _concern(one: Concern) -> Flowable:
    head = f"{_status(one.status, one.standing)} {_bold(one.name)}: "
    return KeepTogether([_text(one.told, "body", head), _text(one.detail, "below"), Spacer(0, 5)])


def _scorecard(lines: Sequence[Line]) -> Table:
    heads = [Paragraph(name, STYLES["head-number" if name in NUMBERS else "head"]) for name in COLUMNS]
    return Table(
        [heads, *map(_line, lines)],
        colWidths=WIDTHS,
        repeatRows=1,
        splitInRow=1,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
            ("LINEBELOW", (0, 0), (-1, 0), 1, paper.INK),
            ("BACKGROUND", (0, 0), (-1, 0), SHADE),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ],
    )


def _line(one: Line) -> list[object]:
    return [
        Paragraph(_status(one.status, one.standing), STYLES["small"]),
        [_text(one.name, "head"), _text(one.below, "below")],
        _text(one.value, "number"),
        _text(one.target, "small"),
        _text(one.gap, "number"),
        _text(one.change, "number"),
        _trend(one.spark, SMALL),
        _text(one.since, "small"),
        [_text(told, "below") for told in one.notes],
    ]


def _trend(spark: Spark, size: tuple[int, int]) -> Flowable | str:
    drawn = shape(spark.values, spark.marks, *size)
    return "" if drawn.last is None else Trend(drawn)


def _block(one: Block) -> Flowable:
    facts = Table(
        [[_text(label, "below"), _text(told, "small")] for label, told in one.facts],
        colWidths=[88, TEXT_WIDTH * 0.6 - 94],
        style=[*PLAIN, ("TOPPADDING", (0, 0), (-1, -1), 0.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5)],
    )
    drawn = _trend(one.spark, LARGE)
    beside: list[Flowable] = [drawn, _text(one.spark.words, "below")] if isinstance(drawn, Flowable) else []
    said = [*_told("Promised", one.promised), *_told("Said", one.said)]  # in no cell: a cell cannot go over pages
    return KeepTogether(
        [
            HRFlowable(width="100%", thickness=0.5, color=RULE, spaceBefore=6, spaceAfter=5),
            Paragraph(f"{escape(_drawn(one.name))}  {_status(one.status, one.standing)}", STYLES["kpi"]),
            _text(one.lead, "soft"),
            _text(one.definition, "body"),
            Table([[facts, beside or ""]], colWidths=[TEXT_WIDTH * 0.6, TEXT_WIDTH * 0.4], style=PLAIN),
            *said,
        ]
    )


def _told(title: str, lines: Iterable[str]) -> list[Flowable]:
    told = [_text(line, "small") for line in lines]
    return [Paragraph(title, STYLES["label"]), *told] if told else []


def _query(one: Query) -> Iterator[Flowable]:
    yield Paragraph(f"{_bold(one.title)}: {escape(one.path)}", STYLES["body"])
    yield XPreformatted(escape("\n".join(_folded(paper.drawn(one.sql)))), STYLES["sql"])
    yield Spacer(0, 8)


def _folded(sql: str) -> Iterator[str]:
    for line in sql.split("\n"):
        yield line[:SQL_COLUMNS]
        yield from (line[at : at + SQL_COLUMNS] for at in range(SQL_COLUMNS, len(line), SQL_COLUMNS))
