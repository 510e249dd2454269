"""`python -m burnline`: every command in one place; each does its work in its own module."""

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from burnline import exit_codes
from burnline.collect import collect_sources, import_files
from burnline.context import open_context, utc_now
from burnline.doctor import examine
from burnline.failure import one_sentence
from burnline.init import write_template
from burnline.log import set_up_logging
from burnline.progress import Bars
from collectors.run import Outcome, Progress
from config.settings import SettingsError, config_dir, load_settings
from domain.window import Window
from queries.catalog import find
from queries.runner import Result, parse_params, run
from store.engine import open_store
from store.export import export_focus, plain
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


@app.command()
def doctor(as_json: Json = False) -> None:
    """Try each configured source with one cheap call."""
    with one_sentence():
        findings = examine()
        if as_json:
            _print_json([asdict(finding) for finding in findings])
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
) -> None:
    """Write the charges as a FOCUS 1.2 CSV file."""
    with one_sentence():
        context = open_context(sync=False)
        window = _window(since, until)
        if path is None:
            export_focus(context.store, sys.stdout, window)
            return
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                row_count = export_focus(context.store, file, window)
        except OSError as error:
            raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
        out.print(f"Wrote {row_count:,} charges to {path}.")


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
        _print_result(run(context.store, name, **params), format_)


@alerts_app.command("check")
def alerts_check(as_json: Json = False) -> None:
    """Evaluate every rule now and send what is due."""
    from burnline.alerting import check_and_deliver

    with one_sentence():
        report = check_and_deliver(open_context(), utc_now())
        if as_json:
            _print_json(report.as_dict())
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
        _print_json([asdict(outcome) for outcome in outcomes])
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


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in given)
    wrong = [item for item in given if "=" not in item]
    if wrong:
        raise SettingsError(f"{option} {wrong[0]!r} is not of the form name=value.")
    return pairs


def _print_json(content: Any) -> None:
    sys.stdout.write(json.dumps(content, default=_plain, ensure_ascii=False, indent=2) + "\n")


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _print_result(result: Result, format_: str) -> None:
    rows = result.rows()
    names = list(result.query.returns)
    if format_ == "json":
        _print_json(rows)
    elif format_ == "csv":
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    else:
        table = Table(title=result.query.title, caption=f"{result.row_count:,} rows in {result.seconds * 1000:.1f} ms")
        for name, word in result.query.returns.items():
            side: Literal["left", "right"] = "right" if word in ("money", "count", "ratio", "seconds") else "left"
            table.add_column(name, justify=side, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        out.print(table)


def _cell(value: Any) -> str:
    return "" if value is None else str(_plain(value)) if isinstance(value, Decimal) else str(value)
