"""Request logs of gateways and services (CSV, JSONL, Parquet) by a mapping of columns.

Grain: one request. All files below the path are one delivery: it replaces the span from its first request to its
last. Hourly usage is made of it in the store, so its requests and tokens are counted like those of a provider, except
where `counts_usage` says that the provider reports them.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History, RequestSettings
from collectors.errors import DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.request_log_sql import check_fields, selection
from collectors.staging import SUFFIXES, Staging
from domain.attribution import NO_ACCOUNT
from domain.window import Window
from store.tables import InferenceRequest, Quarantine

DEFAULTS = {"account_id": NO_ACCOUNT, "service": "requests"}
"""What a log rarely says: which account paid and which service was called."""


class RequestLogSettings(RequestSettings):
    """`path`: a file or folder; `map`: field → column of the file; `set`: field → one value for all rows.

    Such a log is kept where no provider reports, so its requests count as usage unless `counts_usage` says otherwise.
    """

    counts_usage: bool | tuple[str, ...] = True
    path: str = Field(min_length=1)
    map: dict[str, str]
    set: dict[str, str] = Field(default_factory=dict)


def deliver(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a mapping or a file that does not fit."""
    mapping, constants = _mapping(api)
    every = [file for folder in by_folder(Path(api.settings.path), SUFFIXES) for file in folder]
    files = [file for file in every if file.stat().st_size] or every  # a log that was just rotated is empty
    counted = "" if api.settings.usage_of is None else f" usage of {sorted(api.settings.usage_of)}"
    detail = digest(files, also=f"{sorted(mapping.items())} {sorted(constants.items())}{counted}")
    if up_to_date(history, [detail]):
        return
    with Staging(InferenceRequest) as staging:
        rejected = [
            Quarantine(run_id="", source=api.name, file_name=path.name, row_number=number, reason=reason)
            for path in files
            for number, reason in staging.add(
                path, selection(staging.header(path), path.name, api.name, mapping, constants)
            )
        ]
        first, last = staging.ask(
            "select timezone('UTC', min(started_at)), timezone('UTC', max(started_at)) from staged"
        )[0]
        if first is None:
            told = f": row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
            raise DataError(f"{files[0].name} has no row that can be loaded{told}.")
        window = Window(first, last + timedelta(microseconds=1))  # a rotated log begins in mid-day; what is older stays
        yield Delivery(detail, window, staging.handed_over(), (), rejected)


def check(api: FileApi) -> None:
    """The mapping is whole and the first file has its columns."""
    mapping, constants = _mapping(api)
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    with Staging(InferenceRequest) as staging:
        selection(staging.header(first), first.name, api.name, mapping, constants)


def _mapping(api: FileApi) -> tuple[dict[str, str], dict[str, str]]:
    mapping = dict(api.settings.map)
    constants = {field: value for field, value in DEFAULTS.items() if field not in mapping} | dict(api.settings.set)
    check_fields(mapping, constants)
    return mapping, constants


SOURCE = FileSource(
    name="request_log",
    title="Request logs",
    role="usage",
    writes=InferenceRequest,
    settings=RequestLogSettings,
    deliver=deliver,
    check=check,
    every="1h",
)
