"""Safety checks from guardrail spans in files: NeMo Guardrails and Guardrails AI, as OTLP JSON lines.

Grain: UTC hour × feature × policy, and the policy `any` beside them. An interaction is a trace; it belongs to the hour
of its first check, and a span that was exported twice counts once. A policy is what the rail or guard is called. Both
stop what they find, so every violation is blocked; what leaked they cannot know. All files below the path are one
delivery, from the first hour to the last. Traces are often sampled: then counts are too low. No text of a prompt, an
answer or a reason is read.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History, SourceSettings
from collectors.errors import DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.otel_spans import SUFFIXES, attributes, decoded, lines, nanoseconds, spans
from collectors.safety_hours import ANY, Check, safety_hours
from domain.window import Window
from store.schema import to_batch
from store.tables import Quarantine, SafetyHour

RAIL = "guardrails.rail"
"""The name of NeMo Guardrails' spans."""
GUARD = "guardrails/guard"
"""The `type` of Guardrails AI's spans."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OtelSafetySettings(SourceSettings):
    """`path`: a file or folder; `policies`: rail or guard → what its policy is called here.

    `feature`: whose the interactions are where `feature_attribute` of span or resource does not say."""

    path: str = Field(min_length=1)
    feature: str = Field(min_length=1)
    feature_attribute: str | None = Field(default=None, min_length=1)
    policies: dict[str, str] = Field(default_factory=dict)


def deliver(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files. Raises CollectorError for a folder without one check."""
    files = [file for folder in by_folder(Path(api.settings.path), SUFFIXES) for file in folder]
    of = api.settings
    detail = digest(files, also=f"{of.feature} {of.feature_attribute} {sorted(of.policies.items())}")
    if up_to_date(history, [detail]):
        return
    rejected: list[Quarantine] = []
    rows = list(safety_hours(api.name, _checks(api, files, rejected), ["blocked"]))
    if not rows:
        told = f": line {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
        raise DataError(f"{files[0].name} has no span of a guardrail{told}.")
    window = Window(min(row.hour for row in rows), max(row.hour for row in rows) + timedelta(hours=1))
    yield Delivery(detail, window, [to_batch(SafetyHour, rows)], (), rejected)


def check(api: FileApi) -> None:
    """The first line of the first file is an export of spans."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    for line in lines(first):
        next(spans(decoded(line)), None)
        return


def _checks(api: FileApi, files: list[Path], rejected: list[Quarantine]) -> Iterator[Check]:
    seen: set[tuple[str, str]] = set()
    for file in files:
        for number, line in enumerate(lines(file), start=1):
            try:
                exported = list(spans(decoded(line)))
            except DataError as error:
                rejected.append(_refused(api, file, number, error))
                continue
            for span, resource in exported:
                name = (str(span.get("traceId")), str(span.get("spanId")))
                try:
                    found = None if name in seen else _check(span, resource, api.settings)
                except DataError as error:
                    rejected.append(_refused(api, file, number, error))
                    continue
                seen.add(name)
                if found is not None:
                    yield found


def _refused(api: FileApi, file: Path, number: int, error: DataError) -> Quarantine:
    return Quarantine(run_id="", source=api.name, file_name=file.name, row_number=number, reason=str(error))


def _check(span: Mapping[str, Any], resource: Mapping[str, Any], of: OtelSafetySettings) -> Check | None:
    """What one span says; None for a span that is no check. Raises DataError."""
    own = attributes(span)
    if span.get("name") == RAIL:
        told, broken = own.get("rail.name") or own.get("rail.type"), own.get("rail.stop")
    elif own.get("type") == GUARD and own.get("validation_passed") is not None:
        told, broken = own.get("guard.name"), str(own["validation_passed"]).lower() == "false"
    else:
        return None
    policy = of.policies.get(str(told), str(told) if told else "unnamed")
    if policy == ANY:
        raise DataError("a rail is called any, which is the policy made of all; give it another name in `policies`")
    if not isinstance(span.get("traceId"), str):
        raise DataError("traceId is missing")
    at = EPOCH + timedelta(microseconds=nanoseconds(span, "startTimeUnixNano") // 1000)
    named = of.feature_attribute and (own.get(of.feature_attribute) or resource.get(of.feature_attribute))
    stopped = str(broken).lower() == "true"
    return Check(span["traceId"], at, str(named or of.feature), policy, stopped, "blocked" if stopped else None)


SOURCE = FileSource(
    name="otel_safety",
    title="Guardrail spans from OpenTelemetry",
    role="metrics",
    writes=SafetyHour,
    settings=OtelSafetySettings,
    deliver=deliver,
    check=check,
    every="15m",
)
