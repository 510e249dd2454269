"""`review`: how every KPI stands in a week, and the closing of it."""

from typing import Annotated

import typer
from rich.table import Table

from app import review as words
from burnline import review
from burnline.context import open_context, utc_now
from burnline.failure import one_sentence
from burnline.options import Json
from burnline.output import out, print_json
from queries.kpis import Review

app = typer.Typer(no_args_is_help=True, help="The weekly review of the KPIs.")

Week = Annotated[str | None, typer.Option(help="An ISO week such as 2026-W47 (default: the last whole one).")]


@app.command("show")
def show(week: Week = None, as_json: Json = False) -> None:
    """Show every KPI at the end of a week, as it is known now."""
    with one_sentence():
        context = open_context(sync=False)
        found = review.review_of(context, review.week_asked(context, week, utc_now()))
        currency = context.settings.organization.currency
        if as_json:
            print_json(_facts(found))
            return
        out.print(f"{words.week_label(found.week)}. {words.headline(found)}")
        out.print(_table(found, currency))


@app.command("close")
def close(week: Week = None) -> None:
    """Put a week on record: what every KPI says now is kept for ever, with the queries behind it."""
    with one_sentence():
        context, now = open_context(), utc_now()
        chosen = review.week_asked(context, week, now)
        done = review.close(context, chosen, now)
        out.print(done.sentence() if done else f"{chosen.name} was closed before; nothing is ever rewritten.")


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
            words.known(row) or words.facts(row.facts),
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
                "periods_so": row.streak,
                "facts": str(row.facts.state),
                "problem": row.problem or None,
            }
            for row in found.rows
        ],
    }
