"""GenAI spans of files as requests: names of several years, spans that ask no model, and broken lines."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store.engine import Store
from store.tables import InferenceRequest, RequestHour, TokenUsage
from tests.collectors.delivering import ingest, loaded, only, quarantined, refused, rows

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
OWN = {"kind": "otel_spans", "name": "traces"}


def attribute(name: str, value: Any) -> dict[str, Any]:
    kind = {str: "stringValue", float: "doubleValue", bool: "boolValue"}.get(type(value), "intValue")
    return {"key": name, "value": {kind: str(value) if kind == "intValue" else value}}


NOW_NAMES = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5.4",
    "gen_ai.response.model": "gpt-5.4-2026-03-05",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 20,
    "gen_ai.response.time_to_first_chunk": 0.4,
}
OLD_NAMES = {
    "llm.request.type": "chat",
    "gen_ai.system": "az.ai.openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.prompt_tokens": 50,
    "gen_ai.usage.completion_tokens": 5,
    "gen_ai.usage.cache_read_input_tokens": 80,
    "error.type": "429",
}


def span(number: int, names: dict[str, Any], seconds: float = 1.5, **more: Any) -> dict[str, Any]:
    start = int(START.timestamp() * 10**9) + number * 10**9
    return {
        "traceId": "t",
        "spanId": f"s{number}",
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + int(seconds * 10**9)),
        "attributes": [attribute(name, value) for name, value in names.items()],
        **more,
    }


def line(*spans: dict[str, Any]) -> str:
    resource = {"attributes": [attribute("service.name", "desk"), attribute("app", "search")]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]})


def test_names_of_today_and_of_earlier_years_are_read(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text(f"{line(span(1, NOW_NAMES))}\n{line(span(2, OLD_NAMES), span(1, NOW_NAMES))}\n")
    outcome = loaded(store, path, **OWN, feature_attribute="app", set={"account_id": "org-1"})
    assert (outcome.row_count, outcome.quarantined_count) == (2, 0)
    new, old = rows(store, InferenceRequest)
    if new["provider"] != "openai":
        new, old = old, new
    assert (new["model"], new["service"], new["account_id"], new["tags"]) == (
        "gpt-5.4-2026-03-05", "desk", "org-1", '{"feature":"search"}'
    )  # fmt: skip
    assert (new["duration_seconds"], new["time_to_first_token_seconds"], new["error_type"]) == (1.5, 0.4, None)
    assert (old["provider"], old["input_tokens"], old["cache_read_input_tokens"]) == ("azure.ai.openai", 80, 80)
    assert (old["status_code"], old["error_type"]) == (429, "429")
    assert sum(row["throttled_count"] for row in rows(store, RequestHour)) == 1
    assert rows(store, TokenUsage) == []
    assert ingest(store, path, **OWN, feature_attribute="app", set={"account_id": "org-1"}) == []


def test_spans_that_ask_no_model_are_left_out_and_a_failed_one_without_a_name_is_other(
    duckdb_store: Store, tmp_path: Path
) -> None:
    agent = NOW_NAMES | {"gen_ai.operation.name": "invoke_agent"}
    failed = span(3, NOW_NAMES, status={"code": "STATUS_CODE_ERROR"})
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write(line(span(1, agent), span(2, {"db.system": "postgresql"}), failed))
    assert loaded(duckdb_store, tmp_path, **OWN, counts_usage=True).row_count == 1
    assert only(duckdb_store, InferenceRequest)["error_type"] == "_OTHER"
    assert only(duckdb_store, TokenUsage)["request_count"] == 1


def test_what_is_no_span_costs_only_itself(duckdb_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    nobody = {name: value for name, value in NOW_NAMES.items() if name != "gen_ai.provider.name"}
    timeless = span(6, NOW_NAMES)
    del timeless["endTimeUnixNano"]
    lines = ["{", "[]", '{"resourceMetrics": []}', line(span(1, NOW_NAMES, -1)), line(span(2, nobody)), line(timeless)]
    path.write_text("\n".join([*lines, line(span(3, NOW_NAMES, 90_000), span(4, NOW_NAMES))]))
    outcome = loaded(duckdb_store, path, **OWN)
    assert outcome.row_count == 1
    assert quarantined(duckdb_store) == [
        ("spans.jsonl", 1, "the line is not JSON"),
        ("spans.jsonl", 2, "the line is not a JSON object"),
        ("spans.jsonl", 3, "the line has no list resourceSpans, so it is no export of spans in OTLP JSON"),
        ("spans.jsonl", 4, "the span ends before it starts"),
        ("spans.jsonl", 5, "provider is empty"),
        ("spans.jsonl", 6, "endTimeUnixNano is missing or no number"),
        ("spans.jsonl", 7, "duration_nanoseconds is longer than a day; map it in its own unit"),
    ]


def test_files_without_one_request_are_refused_with_the_first_reason(duckdb_store: Store, tmp_path: Path) -> None:
    (tmp_path / "spans.jsonl").write_text("{\n")
    assert refused(duckdb_store, tmp_path, **OWN) == (
        "spans.jsonl has no span that asks a model: line 1: the line is not JSON."
    )
