"""The weekly review as files, for the command line and the scheduler; a file is there whole or not at all."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from app.report.content import Content, gather
from app.report.formats import FORMATS
from app.report.tables import archive, files
from burnline.context import Context
from burnline.review import review_of
from config.settings import SettingsError
from queries.kpis import Period
from queries.runner import run


def content_of(context: Context, week: Period, now: datetime) -> Content:
    """A week as it was closed, or as it is known now while it is not. Raises SettingsError for one that is not over."""
    if now < week.end:
        raise SettingsError(f"{week.name} is not over before {week.end:%Y-%m-%d %H:%M} UTC; choose a week that is.")
    return gather(partial(run, context.store), review_of(context, week), context.settings, now)


def format_of(given: str | None, out: Path | None) -> str:
    """What --format says, else the ending of --out, else html. Raises SettingsError."""
    told = given or (out.suffix[1:].lower() if out and out.suffix[1:].lower() in FORMATS else "html")
    if told not in FORMATS:
        raise SettingsError(f"--format {told!r} is not one of its formats; write {' or '.join(FORMATS)}.")
    return told


def write_report(content: Content, format_: str, out: Path) -> Path:
    """Writes the report; where it stands. A folder gets it under its own name. Raises SettingsError."""
    path = out / f"{content.file_name}.{format_}" if out.is_dir() else out
    _write(path, FORMATS[format_](content))
    return path


def write_tables(content: Content, out: Path) -> str:
    """Writes everything behind it into a .zip or a folder; what was written. Raises SettingsError."""
    if out.suffix.lower() == ".zip":
        _write(out, archive(content))
        return f"{out} holds everything behind {content.review.week.name}."
    found = files(content)
    for name, written in found.items():
        _write(out / name, written)
    return f"{len(found)} files of {content.review.week.name} are in {out}."


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        why = "a file is where its folder would be" if isinstance(error, FileExistsError) else error.strerror
        raise SettingsError(f"{path} cannot be written: {why}; choose another place.") from None
