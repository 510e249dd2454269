"""Bedrock's guardrails by CloudWatch, played by moto: totals only, whose they are, and what the AWS SDK cannot do."""

import builtins
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from moto import mock_aws

from collectors import cloudwatch
from collectors.base import Api, NoHttp
from collectors.errors import DataError, FatalError, RetriableError
from collectors.sources.bedrock_guardrails import CHECKED, INTERVENED, NAMESPACE, SOURCE
from config.secrets import forget
from domain.window import Window
from store.tables import SafetyHour

NOW = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 3, 8, tzinfo=UTC), datetime(2026, 11, 3, 12, tzinfo=UTC))
ARN = "arn:aws:bedrock:eu-west-1:123456789012:guardrail/{}"
GUARDRAILS = {"*/chat": {"feature": "assistant", "blocks": True}, "*/search*": {"feature": "search"}}


def api(**settings: Any) -> Api:
    given = {"region": "eu-west-1", "guardrails": GUARDRAILS, "access_key": "env:AWS_DEMO", **settings}
    return Api("bedrock_guardrails", SOURCE.settings.model_validate(given), NOW, NoHttp())


def hour(number: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 3, number, minute, tzinfo=UTC)


def put(metric: str, at: datetime, value: float, **dimensions: str) -> None:
    told = [{"Name": name, "Value": text} for name, text in dimensions.items()]
    datum = {"MetricName": metric, "Dimensions": told, "Timestamp": at, "Value": value}
    boto3.client("cloudwatch", region_name="eu-west-1").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


def of(name: str, version: str = "1") -> dict[str, str]:
    return {"GuardrailArn": ARN.format(name), "GuardrailVersion": version}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEMO", "AKIADEMOKEYID:secret-access-key-demo")
    forget("env:AWS_DEMO")
    with mock_aws():
        yield


def test_a_features_guardrails_are_added_up_by_the_hour(aws: None) -> None:
    for at, value in ((hour(9, 5), 60), (hour(9, 50), 40), (hour(10), 30)):
        put(CHECKED, at, value, **of("chat"))
    put(INTERVENED, hour(9, 10), 7, **of("chat"))
    put(CHECKED, hour(9), 50, **of("chat", "2"))
    put(CHECKED, hour(9), 10, **of("search-a"))
    put(INTERVENED, hour(9), 2, **of("search-a"))
    put(CHECKED, hour(7), 999, **of("chat"))
    put(CHECKED, hour(9), 999, GuardrailPolicyType="ContentPolicy")
    rows = list(SOURCE.collect(WINDOW, api()))
    common: dict[str, Any] = {"source": "bedrock_guardrails", "policy": "any", "provider": "aws.bedrock"}
    assert rows == [
        SafetyHour(**common, hour=hour(9), feature="assistant", checked_count=150, violation_count=7, blocked_count=7),
        SafetyHour(**common, hour=hour(9), feature="search", checked_count=10, violation_count=2),
        SafetyHour(**common, hour=hour(10), feature="assistant", checked_count=30, violation_count=0, blocked_count=0),
    ]


def test_a_guardrail_of_no_feature_is_told_by_its_name(aws: None) -> None:
    put(CHECKED, hour(9), 5, **of("stray"))
    asked = api()
    assert list(SOURCE.collect(WINDOW, asked)) == []
    assert [(row.file_name, row.reason) for row in asked.rejected] == [
        (ARN.format("stray"), "the guardrail belongs to no feature; add it to `guardrails`")
    ]


def test_a_check_finds_a_guardrail_or_says_where_it_looked(aws: None) -> None:
    with pytest.raises(FatalError, match="in eu-west-1 knows no call of these guardrails"):
        SOURCE.check(api())
    put(CHECKED, hour(9), 5, **of("chat"))
    SOURCE.check(api())


def test_an_hour_that_began_before_the_window_is_left_as_it_is(aws: None) -> None:
    put(CHECKED, hour(9, 45), 5, **of("chat"))
    assert list(SOURCE.collect(Window(hour(9, 30), hour(12)), api())) == []
    assert list(SOURCE.collect(Window(hour(9, 30), hour(9, 50)), api())) == []


def test_a_key_without_its_secret_is_refused(monkeypatch: pytest.MonkeyPatch, aws: None) -> None:
    monkeypatch.setenv("AWS_HALF", "AKIADEMOKEYID")
    with pytest.raises(DataError, match="as id:secret"):
        SOURCE.check(api(access_key="env:AWS_HALF"))
    with pytest.raises(FatalError, match="AWS_GONE"):
        SOURCE.check(api(access_key="env:AWS_GONE"))


class Failing:
    """A client whose every page is this error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get_paginator(self, _: str) -> "Failing":
        return self

    def paginate(self, **_: Any) -> list[Any]:
        raise self._error


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (ClientError({"Error": {"Code": "Throttling"}}, "ListMetrics"), RetriableError, "is busy"),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "ListMetrics"), FatalError, "cloudwatch:GetMetricData"),
        (EndpointConnectionError(endpoint_url="https://x"), RetriableError, "cannot be reached"),
        (NoCredentialsError(), FatalError, "check credentials"),
    ],
    ids=["busy", "forbidden", "unreachable", "nobody"],
)
def test_what_aws_refuses_is_named_by_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], sentence: str
) -> None:
    monkeypatch.setattr(boto3, "client", lambda *_, **__: Failing(error))
    with pytest.raises(kind, match=sentence):
        SOURCE.check(api(access_key=None))


@pytest.mark.parametrize(("status", "kind"), [("Forbidden", FatalError), ("InternalError", RetriableError)])
def test_a_series_that_failed_is_no_quiet_hour(
    monkeypatch: pytest.MonkeyPatch, aws: None, status: str, kind: type[Exception]
) -> None:
    put(CHECKED, hour(9), 5, **of("chat"))
    failed = {"Id": "m0", "Label": CHECKED, "StatusCode": status, "Timestamps": [], "Values": []}
    monkeypatch.setattr(cloudwatch, "_series", lambda *_: iter([failed]))
    with pytest.raises(kind, match=CHECKED):
        list(SOURCE.collect(WINDOW, api()))


def test_without_the_sdk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "boto3":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FatalError, match="install `boto3`"):
        SOURCE.check(api())
