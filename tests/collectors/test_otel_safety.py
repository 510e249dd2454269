"""Guardrail spans of files as safety checks: rails, guards, interactions that count once, broken lines."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.base import Delivery, FileApi
from collectors.errors import DataError
from collectors.sources.otel_safety import SOURCE
from domain.window import Window
from tests.collectors.test_otel_spans import attribute, line, span


def rail(number: int, trace: str, name: str, stop: bool, **more: Any) -> dict[str, Any]:
    told = {"rail.name": name, "rail.stop": stop, "guardrails.rail.input": "private words"}
    return span(number, told, name="guardrails.rail", **{"traceId": trace, **more})


def guard(number: int, trace: str, passed: bool) -> dict[str, Any]:
    told = {"type": "guardrails/guard", "guard.name": "no-pii", "validation_passed": passed}
    return span(number, told, name="guard", **{"traceId": trace})


def read(path: Path, **settings: Any) -> Delivery:
    given = SOURCE.settings.model_validate({"path": str(path), "feature": "assistant", **settings})
    (found,) = SOURCE.deliver(FileApi("rails", given), [])
    assert isinstance(found, Delivery)
    return found


def rows(delivery: Delivery) -> dict[str, dict[str, Any]]:
    return {row["policy"]: row for batch in delivery.batches for row in batch.to_pylist()}


def test_an_interaction_counts_once_beside_its_policies(tmp_path: Path) -> None:
    spans = [
        rail(1, "a", "jailbreak", stop=True),
        rail(2, "a", "topic", stop=True),
        rail(3, "b", "jailbreak", stop=False),
        guard(4, "b", passed=False),
        guard(5, "c", passed=True),
        span(7, {"rail.stop": True}, name="guardrails.request"),
    ]
    path = tmp_path / "spans.jsonl"
    path.write_text(f"{line(*spans[:5])}\n{line(spans[0], spans[5])}\n")
    delivery = read(path, policies={"no-pii": "pii"})
    found = rows(delivery)
    counts = {key: (row["checked_count"], row["violation_count"], row["blocked_count"]) for key, row in found.items()}
    assert counts == {"any": (3, 2, 2), "jailbreak": (2, 1, 1), "topic": (1, 1, 1), "pii": (2, 1, 1)}
    assert {row["leaked_count"] for row in found.values()} == {None}
    assert {(row["source"], row["feature"]) for row in found.values()} == {("rails", "assistant")}
    assert delivery.window == Window(datetime(2026, 11, 2, 10, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC))
    assert "private" not in repr(found)


def test_what_is_loaded_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text(line(rail(1, "a", "topic", stop=False)))
    given = SOURCE.settings.model_validate({"path": str(path), "feature": "assistant"})
    delivery = read(path)
    assert list(SOURCE.deliver(FileApi("rails", given), [(delivery.detail, delivery.window)])) == []
    SOURCE.check(FileApi("rails", given))


def test_an_attribute_may_name_the_feature(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text(line(rail(1, "a", "topic", stop=False)))
    assert {row["feature"] for row in rows(read(path, feature_attribute="app")).values()} == {"search"}


def test_what_cannot_be_read_is_set_aside_and_the_others_count(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    timeless = {"traceId": "x", "spanId": "y", "name": "guardrails.rail", "attributes": [attribute("rail.stop", True)]}
    path.write_text(f"nonsense\n{line(timeless, rail(1, 'a', 'topic', stop=False), rail(2, 'b', 'any', stop=True))}\n")
    delivery = read(path)
    assert {policy: row["checked_count"] for policy, row in rows(delivery).items()} == {"any": 1, "topic": 1}
    assert [(row.row_number, row.reason) for row in delivery.rejected] == [
        (1, "the line is not JSON"),
        (2, "startTimeUnixNano is missing or no number"),
        (2, "a rail is called any, which is the policy made of all; give it another name in `policies`"),
    ]


def test_files_without_a_guardrail_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text(line(span(1, {"gen_ai.operation.name": "chat"}, name="chat")))
    with pytest.raises(DataError, match="has no span of a guardrail"):
        read(path)
