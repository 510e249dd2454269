"""`review`: how every KPI stands in a week, and the closing of it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app import review as words
from app import trust
from burnline import review
from burnline.alert_answers import who
from burnline.context import open_context, utc_now
from burnline.failure import one_sentence
from burnline.options import Json
from burnline.output import out, print_json
from burnline.review_promises import end_promise, promise_line, promises_of
from queries.kpis import Review

app = typer.Typer(no_args_is_help=True, help="The weekly review of the KPIs.")

Week = Annotated[str | None, typer.Option(help="An ISO week such as 2026-W47 (default: the last whole one).")]


@app.command("show")
def show(week: Week = None, as_json: Json = False) -> None:
    """Show every KPI at the end of a week, as it is known now, and what was promised."""
    with one_sentence():
        context, now = open_context(sync=False), utc_now()
        found = review.review_of(context, review.week_asked(context, week, now))
        currency, promises = context.settings.organization.currency, promises_of(context, found.week)
        if as_json:
            print_json({**_facts(found), "promises": promises})
            return
        out.print(f"{words.week_label(found.week)}. {words.headline(found)}")
        out.print(_table(found, currency))
        for one in promises:
            out.print(promise_line(one, now.date()))


@app.command("end")
def end(
    promise: Annotated[str, typer.Argument(help="The id of an open promise, or how it begins, as `show` has it.")],
    status: Annotated[str, typer.Option("--as", help="done or dropped.")],
    by: Annotated[str | None, typer.Option(help="Who ends it (default: the user of this computer).")] = None,
    result: Annotated[str | None, typer.Option(help="What became of it.")] = None,
) -> None:
    """End a promise as done or dropped; who ended it is kept."""
    with one_sentence():
        context, now = open_context(sync=False), utc_now()
        out.print(end_promise(context, promise, status, by, result, review.week_asked(context, None, now), now))


@app.command("close")
def close(
    week: Week = None,
    by: Annotated[str | None, typer.Option(help="Who closes it (default: the user of this computer).")] = None,
) -> None:
    """Put a week on record: what every KPI says now is kept for ever, with the queries behind it."""
    with one_sentence():
        context, now = open_context(), utc_now()
        chosen = review.week_asked(context, week, now)
        done = review.close(context, chosen, now, who(by))
        out.print(done.sentence() if done else f"{chosen.name} was closed before; nothing is ever rewritten.")


@app.command("report")
def report(
    week: Week = None,
    format_: Annotated[str | None, typer.Option("--format", help="html or pdf (default: by --out, else html).")] = None,
    to: Annotated[Path | None, typer.Option("--out", help="A file, or a folder that is there.")] = None,
) -> None:
    """Write the review of a week as one self-contained HTML file or as PDF."""
    from burnline.review_files import content_of, format_of, write_report

    with one_sentence():
        chosen = format_of(format_, to)
        context, now = open_context(sync=False), utc_now()
        content = content_of(context, review.week_asked(context, week, now), now)
        out.print(f"Wrote {write_report(content, chosen, to or Path())}.")


@app.command("export")
def export(
    week: Week = None,
    to: Annotated[Path | None, typer.Option("--out", help="A folder, or a .zip (default: a .zip here).")] = None,
) -> None:
    """Write everything behind the review of a week as CSV files: points, answers, comments, promises."""
    from burnline.review_files import content_of, write_tables

    with one_sentence():
        context, now = open_context(sync=False), utc_now()
        content = content_of(context, review.week_asked(context, week, now), now)
        out.print(write_tables(content, to or Path(f"{content.file_name}.zip")))


@app.command("post")
def post(week: Week = None, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print it.")] = False) -> None:
    """Print the message of a closed week, and send it to the destination of [review] unless that was done already."""
    from burnline.review_files import content_of
    from burnline.review_post import post_now, post_of

    with one_sentence():
        context, now = open_context(sync=False), utc_now()
        content = content_of(context, review.week_asked(context, week, now), now)
        out.print(post_of(context, content).text())
        if not dry_run:
            out.print(f"\n{post_now(context, content, now)}")


def _table(found: Review, currency: str) -> Table:
    table = Table("KPI", "Status", "Value", "Target", "Change", "Period", "Facts")
    for row in found.rows:
        table.add_row(
            row.kpi.name,
            words.STATUSES[row.verdict.status],
            words.value(row.kpi, row.reading.point.value, currency),
            words.targets(row, currency),
            words.change(row, currency),
            row.period.name if row.period else "–",
            trust.told(row),
        )
    return table


def _facts(found: Review) -> dict[str, object]:
    return {
        "week": found.week.name,
        "kpis": [
            {
                "kpi": row.kpi.key,
                "period": row.period.name if row.period else None,
                "status": str(row.verdict.status),
                "reason": row.verdict.reason,
                "value": row.reading.point.value,
                "numerator": row.reading.point.numerator,
                "denominator": row.reading.point.denominator,
                "sample_count": row.reading.point.sample_count,
                "low": row.reading.point.low,
                "high": row.reading.point.high,
                "target": row.reading.target.text if row.reading.target else None,
                "limited_to": row.reading.limit.text if row.reading.limit else None,
                "periods_so": row.streak,
                "facts": str(row.facts.state),
                "problem": row.problem or None,
            }
            for row in found.rows
        ],
    }
