"""Langfuse's scores by the day and as safety checks: both versions of the API, scales, categories, interactions."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from collectors.base import Api
from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.langfuse_safety import SOURCE as SAFETY
from collectors.sources.langfuse_scores import SOURCE as SCORES
from domain.window import Window
from store.tables import Evaluation, SafetyHour
from tests.collectors.conftest import Vendor

V3, V2, CONFIGS = "/api/public/v3/scores", "/api/public/v2/scores", "/api/public/score-configs"
DAYS = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
ONE_PAGE = {"page": 1, "limit": 100, "totalItems": 1, "totalPages": 1}
Made = Callable[..., Api]


def score(number: int, value: Any, at: str = "2026-11-01T10:00:00.000Z", **more: Any) -> dict[str, Any]:
    kind = {bool: "BOOLEAN", str: "CATEGORICAL"}.get(type(value), "NUMERIC")
    subject = {"kind": "observation", "id": f"o{number}", "traceId": more.pop("trace", f"t{number}")}
    plain = {"id": f"sc{number}", "name": "faithfulness", "dataType": kind, "value": value, "source": "EVAL"}
    told = {"timestamp": at, "environment": "production", "subject": subject, "comment": "private words"}
    return {**plain, **told, **more}


def page(*rows: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    return {"data": list(rows), "meta": {"limit": 100} | ({"cursor": cursor} if cursor else {})}


@pytest.fixture
def told(vendor: Vendor) -> Vendor:
    config = {"id": "cfg1", "dataType": "NUMERIC", "minValue": 1, "maxValue": 5}
    vendor.says(CONFIGS, {"data": [config, {"id": "open", "minValue": None, "maxValue": 9}], "meta": ONE_PAGE})
    return vendor


def days(vendor: Vendor, api_of: Made, *pages: dict[str, Any], **settings: Any) -> list[Evaluation]:
    vendor.says(V3, *pages)
    return list(SCORES.collect(DAYS, api_of(SCORES, **settings)))


def test_a_days_scores_are_one_mean_with_its_spread(told: Vendor, api_of: Made) -> None:
    rows = days(told, api_of, page(score(1, 2, configId="cfg1"), score(2, 4, configId="cfg1")), feature="assistant")
    assert rows == [
        Evaluation(
            source="langfuse_scores",
            evaluation_id="2026-11-01/faithfulness/EVAL/production/cfg1",
            evaluated_at=DAYS.start,
            kind="online",
            task="faithfulness",
            metric="faithfulness",
            value=3,
            score=0.5,
            score_stddev=pytest.approx(0.3535533905932738),
            sample_count=2,
            evaluator="eval",
            evaluator_version="cfg1",
            feature="assistant",
        )
    ]
    assert "private" not in repr(rows)


def test_days_names_sources_environments_and_configs_stay_apart(told: Vendor, api_of: Made) -> None:
    rows = days(
        told,
        api_of,
        page(
            score(1, 0.5),
            score(2, 0.5, "2026-11-02T00:00:00Z"),
            score(3, 0.5, name="tone"),
            score(4, 0.5, source="ANNOTATION"),
            score(5, 0.5, environment="staging"),
            score(6, 0.5, configId="open"),
        ),
    )
    assert len({row.evaluation_id for row in rows}) == 6
    assert [row.kind for row in rows].count("human") == 1
    assert {row.score for row in rows} == {None}


def test_only_the_wanted_environments_and_names_are_kept(told: Vendor, api_of: Made) -> None:
    wanted = {"environments": ["production"], "metrics": {"faith*": {"minimum": 0, "maximum": 1}}}
    first = page(score(1, 0.5), score(2, 0.9, environment="staging"), score(3, 0.9, name="tone"))
    assert [(row.score, row.sample_count, row.score_stddev) for row in days(told, api_of, first, **wanted)] == [
        (0.5, 1, None)
    ]


def test_score_configs_are_asked_for_once_and_only_when_one_is_needed(told: Vendor, api_of: Made) -> None:
    first = page(score(1, 4, configId="cfg1"), score(2, 4, configId="cfg1"))
    days(told, api_of, first, metrics={"*": {"minimum": 0, "maximum": 5}})
    assert told.queries(CONFIGS) == []
    days(told, api_of, first)
    assert len(told.queries(CONFIGS)) == 1


def test_yes_and_no_are_one_and_zero_and_texts_are_left_out(told: Vendor, api_of: Made) -> None:
    first = page(score(1, True), score(2, False), score(3, True), score(4, "good"), score(5, "x", dataType="TEXT"))
    rows = days(told, api_of, first, metrics={"*": {"higher_is_better": False}})
    assert [(round(row.value or 0, 3), round(row.score or 0, 3), row.sample_count) for row in rows] == [
        (0.667, 0.333, 3)
    ]


def test_categories_count_where_the_settings_say_what_they_are_worth(told: Vendor, api_of: Made) -> None:
    told.says(V3, page(score(1, "good"), score(2, "bad"), score(3, "odd")))
    api = api_of(SCORES, metrics={"*": {"categories": {"good": 1, "bad": 0}}})
    assert [(row.score, row.sample_count) for row in SCORES.collect(DAYS, api)] == [(0.5, 2)]
    assert [row.reason for row in api.rejected] == ["its category has no worth; add it to `categories`"]


def test_a_value_off_the_scale_is_set_aside_and_the_others_count(told: Vendor, api_of: Made) -> None:
    told.says(V3, page(score(1, 9, configId="cfg1"), score(2, 5, configId="cfg1")))
    api = api_of(SCORES)
    assert [row.score for row in SCORES.collect(DAYS, api)] == [1]
    assert [row.file_name for row in api.rejected] == ["score sc1 (faithfulness)"]


def test_pages_go_on_by_cursor_and_a_score_counts_once(told: Vendor, api_of: Made) -> None:
    rows = days(told, api_of, page(score(1, 1), cursor="next"), page(score(1, 1), score(2, 1)))
    assert [row.sample_count for row in rows] == [2]
    first, second = (dict(query) for query in told.queries(V3))
    assert (first["fromTimestamp"], first["toTimestamp"]) == ("2026-11-01T00:00:00.000Z", "2026-11-03T00:00:00.000Z")
    assert (first["limit"], first["fields"], second["cursor"]) == ("100", "subject,details", "next")


def test_a_cursor_that_comes_twice_is_refused(told: Vendor, api_of: Made) -> None:
    with pytest.raises(DataError, match="the cursor came twice"):
        days(told, api_of, page(score(1, 1), cursor="again"))


def test_an_older_server_is_read_by_version_two_and_that_is_told(
    told: Vendor, api_of: Made, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    old = {key: value for key, value in score(2, 1, dataType="BOOLEAN").items() if key != "subject"}
    told.says(V2, {"data": [old], "meta": {**ONE_PAGE, "totalPages": 2}}, {"data": [], "meta": ONE_PAGE})
    rows = days(told, api_of, httpx2.Response(405, json={"message": "Method not allowed"}))  # type: ignore[arg-type]
    assert [(row.score, row.sample_count) for row in rows] == [(1, 1)]
    assert [dict(query)["page"] for query in told.queries(V2)] == ["1", "2"]
    assert "version 2 is read" in caplog.text


def test_a_refusal_names_what_is_wrong(told: Vendor, api_of: Made) -> None:
    wrong = {"message": "Invalid request data", "error": [{"path": ["limit"]}]}
    with pytest.raises(RefusedError, match="Invalid request data"):
        days(told, api_of, httpx2.Response(400, json=wrong))  # type: ignore[arg-type]
    assert told.asked[-1].headers["authorization"].startswith("Basic ")


def test_a_day_that_began_before_the_window_is_left_as_it_is(told: Vendor, api_of: Made) -> None:
    told.says(V3, page(score(1, 1), score(2, 1, "2026-11-02T09:00:00Z")))
    late = Window(datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert [row.evaluated_at.day for row in SCORES.collect(late, api_of(SCORES))] == [2]


POLICIES = {
    "toxic": {"policy": "content", "above": 0.8, "action": "blocked"},
    "pii": {"policy": "pii", "action": "leaked"},
    "jailbreak": {"policy": "content", "action": "blocked"},
}


def test_an_interaction_counts_once_however_many_scores_it_has(vendor: Vendor, api_of: Made) -> None:
    vendor.says(
        V3,
        page(
            score(1, 0.9, name="toxic", trace="a"),
            score(2, True, name="jailbreak", trace="a"),
            score(3, True, name="pii", trace="a", at="2026-11-01T11:00:00Z"),
            score(4, 0.8, name="toxic", trace="b"),
            score(5, True, name="jailbreak", trace="c"),
            score(6, 0.99, name="faithfulness", trace="d"),
        ),
    )
    rows = list(SAFETY.collect(DAYS, api_of(SAFETY, feature="assistant", policies=POLICIES)))
    found = {row.policy: (row.checked_count, row.violation_count, row.blocked_count, row.leaked_count) for row in rows}
    assert found == {"any": (3, 2, 1, 1), "content": (3, 2, 2, 0), "pii": (1, 1, 0, 1)}
    assert {(row.hour, row.feature, row.source) for row in rows} == {
        (datetime(2026, 11, 1, 10, tzinfo=UTC), "assistant", "langfuse_safety")
    }


def test_what_becomes_of_violations_is_unknown_where_one_policy_does_not_say(vendor: Vendor, api_of: Made) -> None:
    vendor.says(V3, page(score(1, False, name="safe"), score(2, True, name="safe")))
    policies = {**POLICIES, "safe": {"policy": "content", "violates": False}}
    rows = list(SAFETY.collect(DAYS, api_of(SAFETY, feature="assistant", policies=policies)))
    assert rows[0] == SafetyHour(
        source="langfuse_safety",
        hour=datetime(2026, 11, 1, 10, tzinfo=UTC),
        feature="assistant",
        policy="any",
        checked_count=2,
        violation_count=1,
    )


def test_a_score_that_cannot_be_judged_is_set_aside(vendor: Vendor, api_of: Made) -> None:
    session = {"kind": "session", "id": "s1"}
    vendor.says(V3, page(score(1, 0.5, name="pii"), score(2, True, name="pii", subject=session)))
    api = api_of(SAFETY, feature="assistant", policies=POLICIES)
    assert list(SAFETY.collect(DAYS, api)) == []
    assert [row.reason for row in api.rejected] == [
        "it is no BOOLEAN score; say with `above` from where on a number is a violation",
        "it is about no trace, so its interaction is unknown",
    ]


def test_the_policy_of_all_cannot_be_one_of_them() -> None:
    with pytest.raises(ValidationError, match="name the policy itself"):
        SAFETY.settings.model_validate({"api_key": "env:K", "feature": "a", "policies": {"x": {"policy": "any"}}})


def test_both_sources_ask_for_one_hour_to_see_whether_they_may(told: Vendor, api_of: Made) -> None:
    told.says(V3, page())
    SCORES.check(api_of(SCORES))
    SAFETY.check(api_of(SAFETY, feature="assistant", policies=POLICIES))
    assert [dict(query)["toTimestamp"] for query in told.queries(V3)] == ["2026-11-03T12:30:15.000Z"] * 2
