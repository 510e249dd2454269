"""Makes a pack of evidence from the store and the settings, and puts it where it belongs, on record."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from burnline.context import Context
from burnline.evidence_csv import csv_of
from burnline.evidence_settings import NOT_RECORDED, data_handling
from burnline.evidence_span import DIMENSIONS, Span
from burnline.version import version
from config.settings import SettingsError
from domain.evidence.pack import Asked, Pack, Part, as_json, build
from domain.evidence.verify import KIND
from queries.catalog import catalog
from queries.kpis import Filters
from queries.runner import run
from store import audit
from store.migrate import revision_of

FORMAT = 1
"""Of the pack: a later one may hold more, or call it otherwise."""
FILES = (
    "releases",
    "evaluations",
    "slo_attainment",
    "incidents",
    "incident_actions",
    "safety",
    "closed_weeks",
    "closed_week_queries",
    "promises",
    "evidence_requests",
    "source_freshness",
    "source_runs",
    "restatements",
    "access_log",
    "alert_answers",
    "silences",
)
"""Queries of the folder evidence, in the order of the pack."""


def make_pack(context: Context, span: Span, scope: Filters) -> Pack:
    """The pack of that span; the same data and settings give the same bytes. Raises QueryError, StoreError."""
    about = {
        "pack": KIND,
        "format": FORMAT,
        "organization": context.settings.organization.name,
        "span": span.as_json(),
        "scope": {name: list(values) for name, values in scope.given().items()},
        "burnline": {"version": version(), "store_schema": revision_of(context.store)},
        "not_recorded": list(NOT_RECORDED),
    }
    settings = Part(
        name="data_handling.json",
        question="How are data handled by the settings of the moment at which the pack was made?",
        content=as_json(data_handling(context)),
    )
    return build(about, [settings, *(_part(context, f"evidence/{name}", span, scope) for name in FILES)])


def _part(context: Context, name: str, span: Span, scope: Filters) -> Part:
    query = catalog()[name]
    narrowed = {key: values for key, values in scope.given().items() if key in query.params}
    given = {**_moments(query.params, span), **narrowed}
    result = run(context.store, name, **given)
    return Part(
        name=f"{name.rpartition('/')[2]}.csv",
        question=query.title,
        content=csv_of(result),
        asked=Asked(
            query=name,
            text=query.sql,
            grain=query.grain,
            row_count=result.row_count,
            parameters={key: list(value) if key in narrowed else value.isoformat() for key, value in given.items()},
            can_be_narrowed=all(name in query.params for name in DIMENSIONS),
        ),
    )


def _moments(params: Mapping[str, str], span: Span) -> dict[str, Any]:
    """The bounds of the span as a query takes them: moments, or the organisation's days."""
    days = {"start": span.first, "end": span.end, "end_on": span.end}
    moments = {"start": span.window.start, "end": span.window.end}
    return {
        name: days[name] if word == "date" else moments[name]
        for name, word in params.items()
        if word in ("date", "timestamp")
    }


def target_of(path: Path | None, span: Span, *, force: bool) -> Path:
    """The file to write, by the days of the span where none is named. Raises SettingsError for one that is in use."""
    target = path or Path(f"burnline-evidence-{span.first}-{span.end}.zip")
    if target.is_dir():
        raise SettingsError(f"--out {target} is a folder; name a file in it.")
    if target.exists() and not force:
        raise SettingsError(f"{target} exists already; name another with --out, or replace it with --force.")
    return target


def export(context: Context, pack: Pack, path: Path, span: Span, scope: Filters, by: str, now: datetime) -> None:
    """Writes the file whole or not at all, and its entry in the access log with it. Raises SettingsError, StoreError.

    The entry is of now and the span is over, so that no later pack of the same span differs by it.
    """
    half_written = path.with_name(f".{path.name}.{uuid4().hex}")
    told = " ".join(f"{name}:{value}" for name, values in scope.given().items() for value in values)
    try:
        half_written.write_bytes(pack.content)
        with context.store.write() as connection:
            audit.note(
                connection,
                by,
                "exported evidence",
                f"evidence/{span.first}/{span.end}",
                now,
                f"{told or 'everything'}; SHA-256 {pack.sha256}",
            )
            half_written.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}; choose another place with --out.") from None
    finally:
        half_written.unlink(missing_ok=True)
