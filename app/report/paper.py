"""What a page of the PDF is made of: fonts, styles, a trend, page numbers."""

from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import category

import matplotlib as mpl
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, PageTemplate

from app.report.sparkline import Shape
from domain.kpi.reading import Status

EDGE = 37.0
"""Points of margin: 13 mm."""
FACES = {"Report": "DejaVuSans", "Report-Bold": "DejaVuSans-Bold", "Report-Mono": "DejaVuSansMono"}
"""Come with matplotlib, so that every machine makes the same file; they have the signs of the statuses."""
INVISIBLE = ("Cf", "Mn", "Cc")
"""Signs that only say how their neighbours look, as those within an emoji do."""
MOST_CODES = 4
INK, SOFT, RULE, SHADE, BLUE, MARK = map(HexColor, ("#1d2129", "#555c66", "#d5d9df", "#f4f5f7", "#0060a0", "#b4470b"))
COLORS = {
    Status.MISSED: HexColor("#a3200d"),
    Status.AT_RISK: HexColor("#7a4d00"),
    Status.MET: HexColor("#0b5d3b"),
    Status.NOT_ENOUGH: SOFT,
    Status.NO_DATA: SOFT,
}
"""Those of style.css."""


@cache
def fonts() -> tuple[TTFont, ...]:
    """Makes the fonts known, once in a process."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    made = tuple(TTFont(name, folder / f"{file}.ttf") for name, file in FACES.items())
    for font in made:
        pdfmetrics.registerFont(font)
    return made


@cache
def drawable() -> frozenset[int]:
    """The characters that every face has; another would be a box."""
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts()))


def can_draw(sign: str) -> bool:
    """True when every face has the sign."""
    return ord(sign) in drawable() or sign.isspace()


def drawn(text: str) -> str:
    """The text with what no face has named instead: `漢字` becomes `[U+6F22 U+5B57]`; of a long run the first few."""
    found: list[str] = []
    for is_known, run in groupby(text, can_draw):
        if is_known:
            found += run
            continue
        codes = [f"U+{ord(sign):04X}" for sign in run if category(sign) not in INVISIBLE]
        more = " …" if len(codes) > MOST_CODES else ""
        found.append(f"[{' '.join(codes[:MOST_CODES])}{more}]" if codes else "")
    return "".join(found)


def style(name: str, size: float, **more: Any) -> ParagraphStyle:
    """A style of the report's font; words that are too long are broken."""
    given = {"fontName": "Report", "fontSize": size, "leading": size * 1.3, "textColor": INK, "splitLongWords": 1}
    return ParagraphStyle(name, **{**given, **more})


STYLES = {
    "title": style("title", 17, fontName="Report-Bold", leading=21),
    "headline": style("headline", 12.5, fontName="Report-Bold", spaceBefore=7, spaceAfter=7),
    "section": style("section", 13, fontName="Report-Bold", spaceBefore=12, spaceAfter=2, keepWithNext=1),
    "kpi": style("kpi", 10.5, fontName="Report-Bold", spaceAfter=1),
    "label": style("label", 7.5, fontName="Report-Bold", spaceBefore=3),
    "body": style("body", 8.5, spaceAfter=2),
    "soft": style("soft", 8.5, textColor=SOFT, spaceAfter=2),
    "small": style("small", 7.5),
    "below": style("below", 6.5, textColor=SOFT),
    "number": style("number", 7.5, alignment=TA_RIGHT),
    "head": style("head", 7.5, fontName="Report-Bold"),
    "head-number": style("head-number", 7.5, fontName="Report-Bold", alignment=TA_RIGHT),
    "count": style("count", 14, fontName="Report-Bold", leading=16),
    "sql": style("sql", 6.3, fontName="Report-Mono", leading=8, backColor=SHADE, borderPadding=3),
}


class Trend(Flowable):
    """A shape as lines: the trend, its target dashed, a dot on the newest point."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.width, self.height = shape.width, shape.height

    def draw(self) -> None:
        """On the canvas where the frame has put it."""
        canvas, shape = self.canv, self.shape
        canvas.saveState()
        canvas.setStrokeColor(MARK)
        canvas.setLineWidth(0.7)
        canvas.setDash(3, 2)
        for up in shape.marks:
            canvas.line(0, up, shape.width, up)
        canvas.setDash()
        canvas.setStrokeColor(BLUE)
        canvas.setFillColor(BLUE)
        canvas.setLineWidth(1.1)
        canvas.setLineJoin(1)
        for run in shape.runs:
            path = canvas.beginPath()
            path.moveTo(*run[0])
            for x, up in run[1:]:
                path.lineTo(x, up)
            canvas.drawPath(path)
        if shape.last is not None:
            canvas.circle(*shape.last, 1.7, stroke=0, fill=1)
        canvas.restoreState()


class Numbered(PageTemplate):
    """A page with one frame and, below it, `Page 2 of 7`; without the number of pages while it is counted."""

    def __init__(self, name: str, size: tuple[float, float], page_count: int | None) -> None:
        frame = Frame(EDGE, EDGE, size[0] - 2 * EDGE, size[1] - 2 * EDGE, 0, 0, 0, 0)
        super().__init__(name, [frame], onPage=partial(_number, size[0], page_count), pagesize=size)


def _number(width: float, page_count: int | None, canvas: Canvas, _: object) -> None:
    canvas.setFont("Report", 7)
    canvas.setFillColor(SOFT)
    canvas.drawRightString(width - EDGE, EDGE * 0.6, f"Page {canvas.getPageNumber()} of {page_count}")
