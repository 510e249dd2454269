"""Commands that take files in and write them out."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from burnline.collect import import_files, report, undeclared_features, with_progress
from burnline.context import open_context
from burnline.failure import errors, one_sentence
from burnline.options import Json, Moment, pairs_of, window_of
from burnline.output import out
from collectors.run import Outcome
from config.settings import SettingsError
from store.export import VERSIONS, export_focus

import_app = typer.Typer(no_args_is_help=True, help="Load files once, without configuring a source.")
export_app = typer.Typer(no_args_is_help=True, help="Write data for other tools.")

ROW_TABLES = {
    "specs": "specifications",
    "releases": "releases",
    "evaluations": "evaluation results",
    "experiments": "experiments",
    "defects": "defects",
    "measurements": "measurements of people and processes",
    "openings": "openings",
    "evidence": "evidence requests",
}
"""What files hold one row of: the command `import <name>` is for the source `<name>_csv`."""

Mapping = Annotated[list[str], typer.Option("--map", help="field=column of the file; repeat it.")]
Constants = Annotated[list[str], typer.Option("--set", help="field=one value for all rows; repeat it.")]


@import_app.command("focus")
def import_focus(
    path: Path,
    source: Annotated[str, typer.Option(help="Name of the source that owns the rows.")] = "focus",
    as_json: Json = False,
) -> None:
    """Load a FOCUS file, or a folder of its parts."""
    with one_sentence():
        settings = {"kind": "focus", "path": str(path)}
        report(with_progress(lambda tell: import_files(source, settings, tell), quiet=as_json), as_json)


@import_app.command("requests")
def import_requests(
    path: Path,
    mapping: Mapping,
    constants: Constants = [],  # noqa: B006
    source: Annotated[str | None, typer.Option(help="Name of the source (default: requests-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load a request log (CSV, JSONL, Parquet) by a mapping of its columns."""
    with one_sentence():
        name = source or f"requests-{_stem(path)}"
        report(_import_mapped("request_log", path, name, mapping, constants, as_json=as_json), as_json)


@import_app.command("outcomes")
def import_outcomes(
    path: Path,
    mapping: Mapping,
    constants: Constants = [],  # noqa: B006
    source: Annotated[str | None, typer.Option(help="Name of the source (default: outcomes-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load outcomes per day and feature (CSV, JSONL, Parquet) by a mapping of columns."""
    with one_sentence():
        name = source or f"outcomes-{_stem(path)}"
        outcomes = _import_mapped("outcomes_csv", path, name, mapping, constants, as_json=as_json)
        if told := undeclared_features():
            errors.print(told)
        report(outcomes, as_json)


@import_app.command("safety")
def import_safety(
    path: Path,
    mapping: Mapping,
    constants: Constants = [],  # noqa: B006
    source: Annotated[str | None, typer.Option(help="Name of the source (default: safety-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load safety checks per hour and feature (CSV, JSONL, Parquet) by a mapping of columns."""
    with one_sentence():
        name = source or f"safety-{_stem(path)}"
        report(_import_mapped("safety_csv", path, name, mapping, constants, as_json=as_json), as_json)


@import_app.command("incidents")
def import_incidents(
    path: Path,
    source: Annotated[str | None, typer.Option(help="Name of the source (default: incidents-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load incidents (CSV, columns by name: see docs/incidents.md)."""
    with one_sentence():
        settings = {"kind": "incidents_csv", "path": str(path)}
        name = source or f"incidents-{_stem(path)}"
        report(with_progress(lambda tell: import_files(name, settings, tell), quiet=as_json), as_json)


@import_app.command("incident-actions")
def import_incident_actions(
    path: Path,
    source: Annotated[str | None, typer.Option(help="Name of the source (default: incident-actions-<file>).")] = None,
    as_json: Json = False,
) -> None:
    """Load remediation items of incidents (CSV, columns by name: see docs/incidents.md)."""
    with one_sentence():
        settings = {"kind": "incident_actions_csv", "path": str(path)}
        name = source or f"incident-actions-{_stem(path)}"
        report(with_progress(lambda tell: import_files(name, settings, tell), quiet=as_json), as_json)


def _row_command(table: str) -> Callable[..., None]:
    def load(
        path: Path,
        mapping: Mapping = [],  # noqa: B006
        constants: Constants = [],  # noqa: B006
        source: Annotated[str | None, typer.Option(help=f"Name of the source (default: {table}-<file>).")] = None,
        as_json: Json = False,
    ) -> None:
        with one_sentence():
            name = source or f"{table}-{_stem(path)}"
            report(_import_mapped(f"{table}_csv", path, name, mapping, constants, as_json=as_json), as_json)

    return load


for _table, _what in ROW_TABLES.items():
    import_app.command(_table, help=f"Load {_what} (CSV, JSONL, Parquet): see docs/records.md.")(_row_command(_table))


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
        window = window_of(since, until)
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


def _import_mapped(
    kind: str, path: Path, source: str, mapping: list[str], constants: list[str], *, as_json: bool
) -> list[Outcome]:
    settings = {
        "kind": kind,
        "path": str(path),
        "map": pairs_of("--map", mapping),
        "set": pairs_of("--set", constants),
    }
    return with_progress(lambda tell: import_files(source, settings, tell), quiet=as_json)


def _stem(path: Path) -> str:
    return path.name.split(".")[0]
