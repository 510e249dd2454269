"""The report as one HTML file: no script, nothing from elsewhere, every word from people inert."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from app.report.document import Block, Concern, Document, Line, Query, Spark
from app.report.sparkline import shape
from domain.kpi.reading import Status
from domain.wording import TURNS

STYLE = Path(__file__).with_name("style.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Even if a word became markup, nothing would run and nothing would be fetched."""
SMALL, LARGE = (110, 26), (300, 64)
"""Pixels of a trend in the scorecard, and in the part of its KPI."""
COLUMNS = ("Status", "KPI", "Value", "Target", "Gap", "Change", "Trend", "Since", "Said, promised, known")
NUMBERS = ("Value", "Gap", "Change")
LEGEND = "Leading KPIs first, money last. A dashed line in a trend is its target; trends do not begin at zero."


def html(made: Document) -> str:
    """The whole file. The same document gives the same bytes."""
    title = escape(f"{made.title}: {made.organization}")
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title>
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<header>
<p class="organization">{escape(made.organization)}</p>
<h1>{escape(made.title)}</h1>
<p class="headline">{escape(made.headline)}</p>
<ul class="counts" aria-label="KPIs by status">{"".join(_count(*one) for one in made.counts)}</ul>
<p class="note">{escape(made.note)}</p>
</header>
<main>
{_listed("What was promised", (escape(one) for one in made.promised))}
{_listed("Exceptions", map(_exception, made.exceptions))}
{_scorecard(made)}
<section class="page" aria-labelledby="kpis">
<h2 id="kpis">KPI by KPI</h2>
{"".join(map(_block, made.blocks))}
</section>
<section class="page" aria-labelledby="queries">
<h2 id="queries">The queries behind it</h2>
{"".join(map(_query, made.queries))}
</section>
</main>
<footer><p>{escape(made.made)}</p></footer>
</body>
</html>
"""
    return page.translate(TURNS)


def _kind(status: Status) -> str:
    return "missed" if status is Status.MISSED else status.value.replace(" ", "-")


def _status(status: Status, standing: str) -> str:
    return f'<span class="status {_kind(status)}">{escape(standing)}</span>'


def _count(status: Status, standing: str, number: int) -> str:
    return f'<li class="{_kind(status)}"><b>{number}</b>{escape(standing)}</li>'


def _listed(title: str, items: Iterable[str]) -> str:
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f'<section><h2>{title}</h2>\n<ul class="list">{lines}</ul></section>' if lines else ""


def _exception(one: Concern) -> str:
    return (
        f"{_status(one.status, one.standing)} <b>{escape(one.name)}</b>: {escape(one.told)}"
        f'<div class="below">{escape(one.detail)}</div>'
    )


def _scorecard(made: Document) -> str:
    heads = "".join(f'<th scope="col"{" class=number" if name in NUMBERS else ""}>{name}</th>' for name in COLUMNS)
    return f"""<section class="page wide" aria-labelledby="scorecard">
<h2 id="scorecard">Scorecard</h2>
<div class="scroll"><table>
<caption>{LEGEND}</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{"".join(map(_line, made.lines))}</tbody>
</table></div>
</section>"""


def _line(one: Line) -> str:
    numbers = (one.value, one.gap, one.change)
    value, gap, change = (f'<td class="number">{escape(told)}</td>' for told in numbers)
    notes = "".join(f"<div>{escape(told)}</div>" for told in one.notes)
    return (
        f"<tr><td>{_status(one.status, one.standing)}</td>"
        f'<th scope="row"><a href="#kpi-{escape(one.key)}">{escape(one.name)}</a>'
        f'<div class="below">{escape(one.below)}</div></th>'
        f"{value}<td>{escape(one.target)}</td>{gap}{change}"
        f"<td>{svg(one.spark, *SMALL)}</td><td>{escape(one.since)}</td>"
        f'<td class="notes">{notes}</td></tr>\n'
    )


def _block(one: Block) -> str:
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{escape(told)}</dd>" for label, told in one.facts)
    drawn = svg(one.spark, *LARGE)
    figure = f"<figure>{drawn}<figcaption>{escape(one.spark.words)}</figcaption></figure>" if drawn else ""
    return (
        f'<article id="kpi-{escape(one.key)}">'
        f"<header><h3>{escape(one.name)}</h3>{_status(one.status, one.standing)}</header>"
        f'<p class="lead">{escape(one.lead)}</p><p>{escape(one.definition)}</p>'
        f'<div class="grid"><dl>{facts}</dl><div>{figure}'
        f'<p class="below screen"><a href="#sql-{escape(one.key)}">Its SQL</a></p></div></div>'
        f"{_told('Promised', one.promised)}{_told('Said', one.said)}</article>\n"
    )


def _told(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<h4>{title}</h4><ul class="list">{items}</ul>' if items else ""


def _query(one: Query) -> str:
    return (
        f'<details id="sql-{escape(one.key)}"><summary>{escape(one.title)}: <code>{escape(one.path)}</code></summary>'
        f"<pre>{escape(one.sql)}</pre></details>\n"
    )


def svg(spark: Spark, width: int, height: int) -> str:
    """The trend as inline SVG with its words as title; empty when nothing is known."""
    drawn = shape(spark.values, spark.marks, width, height)
    if drawn.last is None:
        return ""
    marks = "".join(
        f'<line class="mark" x1="0" x2="{width}" y1="{_y(height, up)}" y2="{_y(height, up)}"/>' for up in drawn.marks
    )
    lines = "".join(
        f'<polyline class="line" points="{" ".join(f"{x:g},{_y(height, up)}" for x, up in run)}"/>'
        for run in drawn.runs
    )
    x, up = drawn.last
    return (
        f'<svg role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(spark.words)}</title>{marks}{lines}"
        f'<circle class="dot" cx="{x:g}" cy="{_y(height, up)}" r="2.4"/></svg>'
    )


def _y(height: int, up: float) -> str:
    return f"{height - up:g}"
