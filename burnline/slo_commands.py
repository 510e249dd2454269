"""Commands around promises: check their files, list them, and try their alerts on the past."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from burnline import exit_codes
from burnline.backtest import backtest
from burnline.context import utc_now
from burnline.failure import errors, one_sentence
from burnline.minute_file import read_minutes
from burnline.options import Json, Moment, moment_of_option
from burnline.output import out, print_json
from config.settings import FILE_NAME, SettingsError, config_dir, load_settings
from config.slo_files.loading import FOLDER, SloFiles, read_slos, slo_paths
from domain.slo.definition import Objective, Origin, SloDefinition

app = typer.Typer(no_args_is_help=True, help="Promises (SLOs): check, list, try on the past.")


@app.command("backtest")
def backtest_command(
    slo: Annotated[Path, typer.Option(help="The SLO's file (OpenSLO v1).")],
    series: Annotated[Path, typer.Option(help="CSV file with the columns minute, good, total.")],
    name: Annotated[str | None, typer.Option(help="Which SLO, where the file holds several.")] = None,
    objective: Annotated[str | None, typer.Option(help="Which objective (default: the first).")] = None,
    until: Moment = None,
    counters: Annotated[bool, typer.Option("--counters", help="The columns are running totals.")] = False,
    leave_out_wrong: Annotated[
        bool, typer.Option("--leave-out-wrong", help="Take minutes that cannot be as unknown.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say which alerts would have fired from when to when, and what was left of the budget."""
    with one_sentence():
        chosen = _chosen(slo, name)
        promise = _objective(chosen, objective)
        end = moment_of_option("--until", until)
        file = read_minutes(series, utc_now(), end, counters=counters, leave_out_wrong=leave_out_wrong)
        answer = backtest(chosen.slo, promise, file)
        for told in chosen.notes:
            errors.print(told)
        if as_json:
            print_json(answer.as_json())
            return
        for sentence in answer.sentences():
            out.print(sentence)
        out.print(answer.table())


@app.command()
def lint(
    path: Annotated[Path | None, typer.Argument(help="A file or a folder (default: slos/ of the settings).")] = None,
    as_json: Json = False,
) -> None:
    """Check SLO files, and the series they count; nothing is stored."""
    with one_sentence():
        found = _read(path)
        wrong = [*map(str, found.problems), *_wrong_series(found.definitions)]
        if as_json:
            print_json(
                {"slos": len(found.definitions), "problems": wrong, "notes": [str(note) for note in found.notes]}
            )
        else:
            for told in (*wrong, *(f"note: {note}" for note in found.notes)):
                out.print(told)
            out.print(f"{len(found.definitions)} SLOs can be used, {len(wrong)} problems.")
        if wrong:
            raise typer.Exit(exit_codes.BAD_INPUT)


@app.command("list")
def list_command(
    path: Annotated[Path | None, typer.Argument(help="A file or a folder (default: slos/ of the settings).")] = None,
    as_json: Json = False,
) -> None:
    """List every promise with its window, method and alerts."""
    with one_sentence():
        found = _read(path)
        for problem in found.problems:
            errors.print(str(problem))
        rows = [_row(slo, promise) for slo in found.definitions for promise in slo.objectives]
        if as_json:
            print_json(rows)
            return
        table = Table()
        for title in ("slo", "service", "tier", "owner", "target", "window", "method", "burn above"):
            table.add_column(title, overflow="fold")
        for row in rows:
            table.add_row(*row.values())
        out.print(table)


@dataclass(frozen=True, slots=True)
class _Chosen:
    slo: SloDefinition
    notes: list[str]


def _read(path: Path | None) -> SloFiles:
    where = path or config_dir() / FOLDER
    if not where.exists():
        raise SettingsError(f"{where} does not exist; write an SLO there first, docs/slos.md shows how.")
    return read_slos(
        slo_paths(where) if where.is_dir() else [where],
        slo_paths(where.parent) if where.is_file() else (),
        servers=_servers(),
    )


def _servers() -> frozenset[str] | None:
    """The Prometheus sources of the settings; None without settings: files may be checked where nothing runs."""
    folder = config_dir()
    return load_settings(folder).enabled_sources(Origin.PROMETHEUS) if (folder / FILE_NAME).exists() else None


def _chosen(path: Path, name: str | None) -> _Chosen:
    if not path.is_file():
        raise SettingsError(f"{path} is no file; name the file of one SLO with --slo.")
    found = read_slos([path], slo_paths(path.parent), anywhere=True)
    matching = [slo for slo in found.definitions if name in (None, slo.name)]
    if not matching:
        names = _names(slo.name for slo in found.definitions)
        if found.problems:
            raise SettingsError(str(found.problems[0]) + _more(len(found.problems) - 1))
        raise SettingsError(f"{path} holds no SLO" + (f" {name!r}; it has {names or 'none'}." if name else "."))
    if len(matching) > 1:
        raise SettingsError(f"{path} holds the SLOs {_names(slo.name for slo in matching)}; choose one with --name.")
    return _Chosen(matching[0], [str(told) for told in (*found.problems, *found.notes)])


def _objective(chosen: _Chosen, name: str | None) -> Objective:
    promises = chosen.slo.objectives
    if name is None:
        if len(promises) > 1:
            others = _names(promise.name for promise in promises[1:])
            chosen.notes.append(f"This is the objective {promises[0].name}; --objective shows {others}.")
        return promises[0]
    for promise in promises:
        if promise.name == name:
            return promise
    raise SettingsError(f"There is no objective {name!r}; it has {_names(promise.name for promise in promises)}.")


def _wrong_series(definitions: Sequence[SloDefinition]) -> list[str]:
    """What cannot be in the series that SLOs count, each file once."""
    paths = {
        promise.indicator.series_path
        for slo in definitions
        for promise in slo.objectives
        if promise.indicator.series_path
    }
    wrong = []
    for path in sorted(paths):
        try:
            read_minutes(config_dir() / path, utc_now())
        except SettingsError as error:
            wrong.append(str(error))
    return wrong


def _row(slo: SloDefinition, promise: Objective) -> dict[str, str]:
    return {
        "slo": slo.key(promise),
        "service": slo.service_name,
        "tier": slo.tier.value,
        "owner": slo.owner,
        "target": f"{promise.target * 100:f}".rstrip("0").rstrip(".") + "%",
        "window": ", ".join(period.text for period in slo.windows),
        "method": slo.method.value,
        "burn above": ", ".join(f"{pair.factor:f}" for pair in promise.pairs),
    }


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def _more(number: int) -> str:
    return f" ({number} more: python -m burnline slo lint)" if number else ""
