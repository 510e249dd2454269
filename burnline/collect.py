"""Collecting once, from the command line."""

from typing import Any

from burnline.context import open_context
from collectors.configured import configured
from collectors.run import Outcome, Progress
from config.settings import Settings, SettingsError
from domain.window import Window


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
    runner = context.runner(progress)
    return [outcome for source in chosen for outcome in runner.run(source, window)]


def import_files(name: str, settings: dict[str, Any], progress: Progress) -> list[Outcome]:
    """Runs a file source that the settings do not name."""
    context = open_context()
    (source,) = configured(Settings(sources={name: settings}))
    return context.runner(progress).run(source)
