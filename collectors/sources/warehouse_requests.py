"""Requests from a table or a query of a warehouse, by a mapping of columns. Grain: one request.

For gateways that log into a warehouse, and for spans of OpenTelemetry that are kept in one: `operation` leaves out
spans that ask no model, and times may be in the unit that the table has. The last day is read again, since such tables
are filled late. Rows that cannot be loaded are set aside by their place.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from collectors.base import Api, RequestSettings, Source
from collectors.errors import DataError, FatalError
from collectors.request_log_sql import REQUIRED
from collectors.request_rows import DURATION_UNITS, FIELDS, START_UNITS, inference_request, is_inference
from collectors.warehouse import WarehouseSettings, read_span
from domain.attribution import NO_ACCOUNT
from domain.window import Window
from store.tables import InferenceRequest

DEFAULTS = {"account_id": NO_ACCOUNT, "service": "requests"}


class WarehouseRequestSettings(WarehouseSettings, RequestSettings):
    """A query may use `:start` and `:end`, the time asked for in the unit of the column that is mapped to the start."""


def collect(window: Window, api: Api) -> Iterator[InferenceRequest]:
    """The requests that started in the window. Raises CollectorError."""
    mapping, constants = whole_mapping(api.settings.map, api.settings.set)
    start = start_field(mapping)
    refused: Counter[str] = Counter()
    for found in read_span(api.name, api.settings, mapping, start, window):
        if not is_inference(found):
            continue
        try:
            yield inference_request(api.name, constants | found, api.now)
        except DataError as error:
            place = f"row of {found[start]}"
            refused[place] += 1
            api.set_aside(place, refused[place], str(error))


def check(api: Api) -> None:
    """The question is understood: it is asked for this moment."""
    mapping, _ = whole_mapping(api.settings.map, api.settings.set)
    moment = Window(api.now, api.now + timedelta(seconds=1))
    for _ in read_span(api.name, api.settings, mapping, start_field(mapping), moment):
        return


def start_field(mapping: Mapping[str, str]) -> str:
    """The field that says when a request started."""
    return next(name for name in ("started_at", *START_UNITS) if name in mapping)


def whole_mapping(mapping: Mapping[str, str], constants: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Field → column and field → value, defaults included. Raises FatalError for a mapping that is not whole."""
    given: dict[str, Any] = {name: value for name, value in DEFAULTS.items() if name not in mapping} | dict(constants)
    unknown = sorted((mapping.keys() | given.keys()) - set(FIELDS))
    if unknown:
        raise FatalError(f"The mapping names the unknown field {unknown[0]!r}; there are: {', '.join(FIELDS)}.")
    targets = [_target(name) for name in (*mapping, *given)]
    twice = sorted({name for name in targets if targets.count(name) > 1})
    if twice:
        raise FatalError(f"The mapping says twice where {twice[0]} comes from; keep one.")
    absent = [name for name in REQUIRED if name not in targets]
    if absent or not {"started_at", *START_UNITS} & mapping.keys():
        name = absent[0] if absent else "started_at"
        raise FatalError(f"The mapping does not say which column {name} comes from; add it.")
    return dict(mapping), given


def _target(name: str) -> str:
    return "started_at" if name in START_UNITS else DURATION_UNITS.get(name, (name, 1))[0]


SOURCE = Source(
    name="warehouse_requests",
    title="Requests from a warehouse",
    role="usage",
    writes=InferenceRequest,
    settings=WarehouseRequestSettings,
    collect=collect,
    check=check,
    endpoint=None,
    every="15m",
    lookback="1d",
    chunk="1d",
)
