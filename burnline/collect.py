"""Collecting once, from the command line."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console

from burnline import exit_codes
from burnline.closing import record_closed_weeks
from burnline.context import open_context, utc_now
from burnline.output import out, print_json
from burnline.progress import Bars
from collectors.base import FileSource
from collectors.configured import configured
from collectors.discovery import sources
from collectors.run import Outcome, Progress
from config.settings import Settings, SettingsError
from domain.window import Window
from domain.wording import listed
from queries.runner import run


def collect_sources(name: str | None, window: Window | None, progress: Progress) -> list[Outcome]:
    """Runs one configured source, or all. Raises SettingsError for an unknown name or when there is none."""
    context = open_context()
    if not context.sources:
        raise SettingsError(
            f"{context.folder / 'burnline.toml'} configures no source; write one with: python -m burnline init"
        )
    chosen = [source for source in context.sources if name in (None, source.name)]
    if not chosen:
        names = ", ".join(source.name for source in context.sources)
        raise SettingsError(f"There is no source {name!r}; configured are: {names}.")
    if window and any(isinstance(source.source, FileSource) for source in chosen) and name:
        raise SettingsError(f"{name} reads files whole; leave out --since and --until.")
    runner = context.runner(progress)
    outcomes = [outcome for source in chosen for outcome in runner.run(source, window)]
    record_closed_weeks(context, utc_now())
    return outcomes


def import_files(name: str, settings: dict[str, Any], progress: Progress) -> list[Outcome]:
    """Runs a file source that the settings do not name. Raises SettingsError for a name that is taken."""
    context = open_context()
    if name in context.settings.sources:
        raise SettingsError(f"burnline.toml configures a source {name!r} already; choose another name with --source.")
    if name in sources() and name != settings["kind"]:
        raise SettingsError(f"{name!r} is the name of another kind of source; choose another name with --source.")
    (source,) = configured(Settings(sources={name: settings}))
    outcomes = context.runner(progress).run(source)
    record_closed_weeks(context, utc_now())
    return outcomes


def undeclared_features() -> str:
    """What to do about outcomes whose feature no one declares; empty when there are none."""
    names = [row["feature"] for row in run(open_context(sync=False).store, "ops/undeclared_outcome_features").rows()]
    if not names:
        return ""
    return (
        f"Outcomes are kept of features that features.toml does not declare: {listed(names)}; declare them there, "
        "or correct their names."
    )


def with_progress(work: Callable[[Progress], list[Outcome]], *, quiet: bool) -> list[Outcome]:
    """Runs the work with a bar per source on a terminal."""
    with Bars(Console(stderr=True), quiet=quiet) as bars:
        return work(bars.tell)


def report(outcomes: list[Outcome], as_json: bool) -> None:
    """Tells how each ended. Raises typer.Exit when one failed."""
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    elif not outcomes:
        out.print("Nothing to do: everything there is was loaded before.")
    else:
        for outcome in outcomes:
            out.print(outcome.sentence(), markup=False)
    if any(outcome.status == "failed" for outcome in outcomes):
        raise typer.Exit(exit_codes.SOURCE_FAILED)
