"""Requests from OpenTelemetry's GenAI spans in files: OTLP JSON lines, as the collector's file exporter writes them.

Grain: one span that asks a model. Spans of agents, tools and workflows hold such spans and are left out; a span that
was exported twice counts once. All files below the path are one delivery, from its first request to its last. Traces
are often sampled: then counts are too low, and an SLO over them is wrong.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History, RequestSettings
from collectors.errors import DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.otel_spans import SUFFIXES, decoded, fields, lines, spans
from collectors.request_rows import inference_request, is_inference
from domain.attribution import NO_ACCOUNT
from domain.window import Window
from store.schema import to_batch
from store.tables import InferenceRequest, Quarantine

BATCH_ROWS = 50_000


class OtelSpansSettings(RequestSettings):
    """`path`: a file or folder; `set`: field → one value for all requests, such as account_id; `feature_attribute`: the
    attribute of span or resource that names the feature."""

    path: str = Field(min_length=1)
    set: dict[str, str] = Field(default_factory=dict)
    feature_attribute: str | None = Field(default=None, min_length=1)


def deliver(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a folder without one request."""
    files = [file for folder in by_folder(Path(api.settings.path), SUFFIXES) for file in folder]
    of = api.settings
    detail = digest(files, also=f"{sorted(of.set.items())} {of.feature_attribute} {of.counts_usage}")
    if up_to_date(history, [detail]):
        return
    reading = _Reading(api)
    for file in files:
        reading.add(file)
    if not reading.batches:
        told = f": line {reading.rejected[0].row_number}: {reading.rejected[0].reason}" if reading.rejected else ""
        raise DataError(f"{files[0].name} has no span that asks a model{told}.")
    yield Delivery(detail, reading.window(), reading.batches, (), reading.rejected)


def check(api: FileApi) -> None:
    """The first line of the first file is an export of spans."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    for line in lines(first):
        for _ in spans(decoded(line)):
            return
        return


class _Reading:
    """The requests of several files in batches, with what was refused."""

    def __init__(self, api: FileApi) -> None:
        self._api = api
        self._seen: set[tuple[str, str]] = set()
        self._rows: list[InferenceRequest] = []
        self._batches: list[pa.RecordBatch] = []
        self._span: Window | None = None
        self.rejected: list[Quarantine] = []

    @property
    def batches(self) -> list[pa.RecordBatch]:
        """All that was read so far."""
        self._flush()
        return self._batches

    def window(self) -> Window:
        """From the first request to the last."""
        assert self._span is not None
        return self._span

    def add(self, file: Path) -> None:
        """Reads one file; a line or span that cannot be a request is refused with the line's number."""
        for number, line in enumerate(lines(file), start=1):
            try:
                for span, resource in spans(decoded(line)):
                    self._add_span(span, resource, file, number)
            except DataError as error:
                self._refuse(file, number, str(error))

    def _add_span(self, span: dict[str, Any], resource: dict[str, Any], file: Path, number: int) -> None:
        name = (str(span.get("traceId")), str(span.get("spanId")))
        of = self._api.settings
        try:
            found = fields(span, resource, of.feature_attribute)
            if "operation" not in found or not is_inference(found) or name in self._seen:
                return
            given = {"account_id": NO_ACCOUNT, "service": "requests"} | found | dict(of.set)
            request = inference_request(self._api.name, given)
        except DataError as error:
            self._refuse(file, number, str(error))
            return
        self._seen.add(name)
        self._rows.append(request)
        end = request.started_at + timedelta(microseconds=1)
        known = self._span or Window(request.started_at, end)
        self._span = Window(min(known.start, request.started_at), max(known.end, end))
        if len(self._rows) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._batches.append(to_batch(InferenceRequest, self._rows))
            self._rows = []

    def _refuse(self, file: Path, number: int, reason: str) -> None:
        self.rejected.append(
            Quarantine(run_id="", source=self._api.name, file_name=file.name, row_number=number, reason=reason)
        )


SOURCE = FileSource(
    name="otel_spans",
    title="OpenTelemetry GenAI spans",
    role="usage",
    writes=InferenceRequest,
    settings=OtelSpansSettings,
    deliver=deliver,
    check=check,
    every="15m",
)
