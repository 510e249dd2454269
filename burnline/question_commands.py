"""Commands that answer a question and change nothing."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from burnline.attribution import preview_facts, print_preview, try_rules
from burnline.context import open_context, utc_now
from burnline.explain import explain_change
from burnline.failure import errors, one_sentence
from burnline.forecast import forecast_series
from burnline.options import Json, pairs_of
from burnline.output import out, print_json, print_result
from burnline.series_file import parse_day, read_series
from config.settings import SettingsError
from queries.catalog import find
from queries.runner import parse_params, run

app = typer.Typer()
attribution_app = typer.Typer(no_args_is_help=True, help="Whose costs are whose.")


@app.command()
def query(
    name: str,
    param: Annotated[list[str], typer.Option("--param", help="name=value; repeat it.")] = [],  # noqa: B006
    format_: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
) -> None:
    """Answer any query file, such as cost/billed_by_provider."""
    with one_sentence():
        if format_ not in ("table", "json", "csv"):
            raise SettingsError(f"--format {format_!r} is unknown; use table, json or csv.")
        params = parse_params(find(name), pairs_of("--param", param))
        context = open_context(sync=False)
        print_result(run(context.store, name, **params), format_)


@app.command()
def forecast(
    series: Annotated[Path, typer.Option(help="CSV file with the columns date and cost, one line per day.")],
    as_of: Annotated[str | None, typer.Option(help="The last known day (default: the last in the file).")] = None,
    as_json: Json = False,
) -> None:
    """Forecast the month end of any daily series, with 80% and 95% intervals."""
    with one_sentence():
        answer = forecast_series(read_series(series), _last_day(as_of))
        if as_json:
            print_json(answer.as_json())
            return
        for sentence in answer.sentences():
            out.print(sentence)
        if table := answer.table():
            out.print(table)


@app.command()
def explain(
    before: Annotated[str, typer.Option(help="FIRST:END, two UTC days; the end is not included.")],
    after: Annotated[str, typer.Option(help="FIRST:END, two UTC days; the end is not included.")],
    scope: Annotated[list[str], typer.Option(help="feature=, team=, provider=, model=, …=value; repeat it.")] = [],  # noqa: B006
    currency: Annotated[str | None, typer.Option(help="Currency of the bill (default: the organisation's).")] = None,
    as_json: Json = False,
) -> None:
    """Say why a cost moved between two periods: volume, mix, cache, tokens per request, price."""
    with one_sentence():
        context = open_context(sync=False)
        answer = explain_change(context.store, currency or context.settings.organization.currency, before, after, scope)
        if as_json:
            print_json(answer.as_json())
            return
        for told in filter(None, (answer.sentence, answer.note)):
            out.print(told)
        out.print(answer.table())


@attribution_app.command("preview")
def attribution_preview(
    rules: Annotated[
        Path | None, typer.Argument(help="Rules to try; without one, attribution.toml as it is now.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days of costs.")] = 28,
    as_json: Json = False,
) -> None:
    """Show, before rules are saved, what each would own, what moves and what nobody would own."""
    with one_sentence():
        context = open_context(sync=False, warn=False)
        tried = try_rules(context, rules or context.folder / "attribution.toml", days, utc_now())
        for problem in tried.problems:
            errors.print(str(problem))
        if as_json:
            print_json(preview_facts(tried))
        else:
            print_preview(tried, out)


def _last_day(text: str | None) -> date | None:
    try:
        return None if text is None else parse_day(text)
    except ValueError as error:
        raise SettingsError(f"--as-of: {error}.") from None
