"""`python -m burnline`: every command in one place; each does its work in its own module."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from burnline import exit_codes
from burnline.attribution import preview_facts, print_preview, try_rules
from burnline.collect import collect_sources, import_files, undeclared_features
from burnline.context import open_context, utc_now
from burnline.doctor import examine
from burnline.explain import explain_change
from burnline.failure import errors, one_sentence
from burnline.forecast import forecast_series
from burnline.init import write_template
from burnline.log import set_up_logging
from burnline.output import print_json, print_result
from burnline.progress import Bars
from burnline.series_file import parse_day, read_series
from collectors.run import Outcome, Progress
from config.settings import SettingsError, config_dir, load_settings
from domain.window import Window
from queries.catalog import find
from queries.runner import parse_params, run
from store.engine import open_store
from store.export import VERSIONS, export_focus
from store.forget import forget_source
from store.migrate import upgrade

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches AI systems in production: what they cost, and whether they keep their promises.",
    epilog=exit_codes.EPILOG,
)
import_app = typer.Typer(no_args_is_help=True, help="Load files once, without configuring a source.")
export_app = typer.Typer(no_args_is_help=True, help="Write data for other tools.")
alerts_app = typer.Typer(no_args_is_help=True, help="Evaluate rules and send messages.")
db_app = typer.Typer(no_args_is_help=True, help="The store.")
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
attribution_app = typer.Typer(no_args_is_help=True, help="Whose costs are whose.")
app.add_typer(attribution_app, name="attribution")
app.add_typer(alerts_app, name="alerts")
app.add_typer(db_app, name="db")

out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
Moment = Annotated[str | None, typer.Option(help="ISO 8601; without a zone it is UTC.")]


@app.command()
def init() -> None:
    """Write a commented burnline.toml to start from."""
    with one_sentence():
        path = write_template(config_dir())
        out.print(f"Wrote {path}. Add a source to it, then: python -m burnline doctor")


@app.command("run")
def run_all(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the dashboard (default: settings, 8501).")
    ] = None,
) -> None:
    """Serve the dashboard and run the scheduler; the demo, when no source is configured."""
    from burnline.serve import serve  # imports streamlit, which the other commands do without

    with one_sentence():
        serve(port)


@app.command()
def collect(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    since: Moment = None,
    until: Moment = None,
    as_json: Json = False,
) -> None:
    """Load what is due from every source, or a given range again."""
    with one_sentence():
        window = _window(since, until)
        _report(_with_progress(lambda tell: collect_sources(source, window, tell), quiet=as_json), as_json)


@import_app.command("focus")
def import_focus(
    path: Path,
    source: Annotated[str, typer.Option(help="Name of the source that owns the rows.")] = "focus",
    as_json: Json = False,
) -> None:
    """Load a FOCUS file, or a folder of its parts."""
    with one_sentence():
        settings = {"kind": "focus", "path": str(path)}
        _report(_with_progress(lambda tell: import_files(source, settings, tell), quiet=as_json), as_json)


@import_app.command("requests")
def import_requests(
    path: Path,
    mapping: Annotated[list[str], typer.Option("--map", help="field=column of the file; repeat it.")],
    constants: Annotated[list[str], typer.Option("--set", help="field=one value for all rows; repeat it.")] = [],  # noqa: B006
    source: Annotated[str | None, typer.Option(help="Name of the source (default: requests-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load a request log (CSV, JSONL, Parquet) by a mapping of its columns."""
    with one_sentence():
        settings = {
            "kind": "request_log",
            "path": str(path),
            "map": _pairs("--map", mapping),
            "set": _pairs("--set", constants),
        }
        name = source or f"requests-{path.name.split('.')[0]}"
        _report(_with_progress(lambda tell: import_files(name, settings, tell), quiet=as_json), as_json)


@import_app.command("outcomes")
def import_outcomes(
    path: Path,
    mapping: Annotated[list[str], typer.Option("--map", help="field=column of the file; repeat it.")],
    constants: Annotated[list[str], typer.Option("--set", help="field=one value for all rows; repeat it.")] = [],  # noqa: B006
    source: Annotated[str | None, typer.Option(help="Name of the source (default: outcomes-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load outcomes per day and feature (CSV, JSONL, Parquet) by a mapping of columns."""
    with one_sentence():
        settings = {
            "kind": "outcomes_csv",
            "path": str(path),
            "map": _pairs("--map", mapping),
            "set": _pairs("--set", constants),
        }
        name = source or f"outcomes-{path.name.split('.')[0]}"
        outcomes = _with_progress(lambda tell: import_files(name, settings, tell), quiet=as_json)
        if told := undeclared_features():
            errors.print(told)
        _report(outcomes, as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Try each configured source with one cheap call."""
    with one_sentence():
        findings = examine()
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            for finding in findings:
                out.print(f"{'ok  ' if finding.ok else 'FIX '} {finding.what}: {finding.sentence}", markup=False)
        if not all(finding.ok for finding in findings):
            raise typer.Exit(exit_codes.SOURCE_FAILED)


@export_app.command("focus")
def export_focus_file(
    path: Annotated[Path | None, typer.Argument(help="File to write; standard output without one.")] = None,
    since: Moment = None,
    until: Moment = None,
    version: Annotated[str, typer.Option("--focus-version", help=f"{' or '.join(VERSIONS)}.")] = VERSIONS[0],
    estimates: Annotated[bool, typer.Option("--estimates", help="Add usage without a bill, BilledCost 0.")] = False,
) -> None:
    """Write the charges as a FOCUS CSV file, and tell which rules of FOCUS they break."""
    with one_sentence():
        if version not in VERSIONS:
            raise SettingsError(f"FOCUS {version} cannot be written; --focus-version takes {' or '.join(VERSIONS)}.")
        context = open_context(sync=False)
        window = _window(since, until)
        if path is None:
            told = export_focus(context.store, sys.stdout, window, version, with_estimates=estimates)
        else:
            try:
                with path.open("w", newline="", encoding="utf-8") as file:
                    told = export_focus(context.store, file, window, version, with_estimates=estimates)
            except OSError as error:
                raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
            out.print(f"Wrote {told.row_count:,} charges to {path}.")
        for rule, count in sorted(told.broken.items()):
            errors.print(f"FOCUS: {rule}; {count:,} rows break this, as they were delivered.")


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


@app.command()
def forget(
    source: Annotated[str, typer.Option(help="The source whose data are removed.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really remove them.")] = False,
) -> None:
    """Remove everything a source ever loaded, so that another may bill its accounts."""
    with one_sentence():
        if not yes:
            raise SettingsError(f"This removes all data of {source!r} for good; add --yes to do it.")
        removed = forget_source(open_context(sync=False).store, source)
        if not removed:
            raise SettingsError(f"There is nothing stored of a source {source!r}.")
        out.print(f"Removed {removed:,} rows of {source}.", markup=False)


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
        params = parse_params(find(name), _pairs("--param", param))
        context = open_context(sync=False)
        print_result(run(context.store, name, **params), format_)


@app.command()
def forecast(
    series: Annotated[Path, typer.Option(help="CSV file with the columns date and cost, one line per day.")],
    as_of: Annotated[str | None, typer.Option(help="The last known day (default: the last in the file).")] = None,
    as_json: Json = False,
) -> None:
    """Forecast the month end of any daily series, with 80 % and 95 % intervals."""
    with one_sentence():
        answer = forecast_series(read_series(series), _day(as_of) if as_of is not None else None)
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


@alerts_app.command("check")
def alerts_check(as_json: Json = False) -> None:
    """Evaluate every rule now and send what is due."""
    from burnline.alerting import check_and_deliver

    with one_sentence():
        report = check_and_deliver(open_context(), utc_now())
        if as_json:
            print_json(report.as_dict())
        else:
            out.print(report.sentence(), markup=False)
        if report.failed:
            raise typer.Exit(exit_codes.SOURCE_FAILED)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the store to the newest schema."""
    with one_sentence():
        store = open_store(load_settings().store.url)
        upgrade(store)
        out.print(f"{store.label} is up to date.")


def main() -> None:
    """Entry point of `python -m burnline`."""
    set_up_logging()
    app()


def _with_progress(work: Callable[[Progress], list[Outcome]], *, quiet: bool) -> list[Outcome]:
    with Bars(Console(stderr=True), quiet=quiet) as bars:
        return work(bars.tell)


def _report(outcomes: list[Outcome], as_json: bool) -> None:
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    elif not outcomes:
        out.print("Nothing to do: everything there is was loaded before.")
    else:
        for outcome in outcomes:
            out.print(outcome.sentence(), markup=False)
    if any(outcome.status == "failed" for outcome in outcomes):
        raise typer.Exit(exit_codes.SOURCE_FAILED)


def _window(since: str | None, until: str | None) -> Window | None:
    if since is None and until is None:
        return None
    if since is None:
        raise SettingsError("--until needs --since.")
    now = utc_now()
    try:
        start = _moment(since)
        window = Window(start, _moment(until) if until else max(now, start + timedelta(microseconds=1)))
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"--since and --until do not make a range: {error}.") from None
    if window.start >= now:  # an empty future range would pass for data that are complete up to now
        raise SettingsError("--since lies in the future; nothing can have been charged there yet.")
    return window


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        raise SettingsError(f"--as-of: {error}.") from None


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in given)
    wrong = [item for item in given if "=" not in item]
    if wrong:
        raise SettingsError(f"{option} {wrong[0]!r} is not of the form name=value.")
    return pairs
