"""Asks Amazon CloudWatch for hourly sums of metrics, through the AWS SDK, which not every installation has."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.errors import DataError, FatalError, RetriableError
from config.secrets import SecretError, redact, resolve
from domain.window import Window

HOUR_SECONDS = 3600
"""Kept for 455 days, while minutes are gone after 15."""
METRICS_A_CALL = 500
BUSY = ("Throttling", "ThrottlingException", "InternalServiceFault", "InternalServiceError", "ServiceUnavailable")

Dimensions = tuple[tuple[str, str], ...]
"""(name, value) in order of name."""
Sums = dict[tuple[str, Dimensions], dict[datetime, float]]
"""(metric, its dimensions) → hour → sum; an hour without data is not there."""


@dataclass(frozen=True, slots=True)
class Access:
    """`access_key`: reference of `key id:secret key`; None leaves it to the SDK's own chain (environment, role, …)."""

    source: str
    region: str
    access_key: str | None


def dimensions_of(access: Access, namespace: str, metric: str) -> list[Dimensions]:
    """Every combination of dimensions a metric has lately had data for. Raises CollectorError."""
    with _client(access) as cloudwatch:
        pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace, MetricName=metric)
        found = [one["Dimensions"] for page in pages for one in page["Metrics"]]
    return sorted({tuple(sorted((one["Name"], one["Value"]) for one in dimensions)) for dimensions in found})


def hourly_sums(
    access: Access, namespace: str, metrics: Sequence[str], combinations: Sequence[Dimensions], hours: Window
) -> Sums:
    """The sum of each metric for each combination, by hour. Raises CollectorError, also when one series fails."""
    wanted = [(metric, dimensions) for dimensions in combinations for metric in metrics]
    found: Sums = {key: {} for key in wanted}
    with _client(access) as cloudwatch:
        for first in range(0, len(wanted), METRICS_A_CALL):
            some = {f"m{number}": key for number, key in enumerate(wanted[first : first + METRICS_A_CALL])}
            for series in _series(cloudwatch, namespace, some, hours):
                _add(access, found[some[series["Id"]]], series)
    return found


def _series(
    cloudwatch: Any, namespace: str, wanted: Mapping[str, tuple[str, Dimensions]], hours: Window
) -> Iterator[dict[str, Any]]:
    queries = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
                },
                "Period": HOUR_SECONDS,
                "Stat": "Sum",
            },
            "ReturnData": True,
        }
        for name, (metric, dimensions) in wanted.items()
    ]
    asked = {"StartTime": hours.start, "EndTime": hours.end, "ScanBy": "TimestampAscending"}
    for page in cloudwatch.get_paginator("get_metric_data").paginate(MetricDataQueries=queries, **asked):
        yield from page["MetricDataResults"]


def _add(access: Access, sums: dict[datetime, float], series: Mapping[str, Any]) -> None:
    """Adds one page of a series; `PartialData` says that more pages follow."""
    if series["StatusCode"] == "Forbidden":
        raise FatalError(f"{access.source}: CloudWatch forbids {series['Label']}; allow cloudwatch:GetMetricData")
    if series["StatusCode"] not in ("Complete", "PartialData"):
        raise RetriableError(f"{access.source}: CloudWatch failed at {series['Label']}; the next run tries again")
    for at, value in zip(series["Timestamps"], series["Values"], strict=True):
        sums[at.astimezone(UTC)] = value


@contextmanager
def _client(access: Access) -> Iterator[Any]:
    """Raises CollectorError for whatever goes wrong while it is used."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
        from botocore.exceptions import ConnectionError as NoConnectionError
    except ImportError:
        raise FatalError(
            f"{access.source}: the AWS SDK is not installed; install `boto3`, the extra `aws` of Burnline"
        ) from None
    settings = Config(retries={"mode": "adaptive", "max_attempts": 6}, connect_timeout=20, read_timeout=60)
    try:
        yield boto3.client("cloudwatch", region_name=access.region, config=settings, **_keys(access))
    except ClientError as error:
        told, code = redact(str(error)), error.response.get("Error", {}).get("Code")
        if code in BUSY:
            raise RetriableError(f"{access.source}: CloudWatch is busy ({told}); the next run tries again") from None
        raise FatalError(
            f"{access.source}: CloudWatch refused ({told}); check the credentials, the region and the rights "
            "cloudwatch:ListMetrics and cloudwatch:GetMetricData"
        ) from None
    except (NoConnectionError, HTTPClientError) as error:
        raise RetriableError(f"{access.source}: CloudWatch cannot be reached ({redact(str(error))})") from None
    except BotoCoreError as error:
        raise FatalError(
            f"{access.source}: the AWS SDK cannot ask ({redact(str(error))}); check credentials and region"
        ) from None


def _keys(access: Access) -> dict[str, str]:
    if access.access_key is None:
        return {}
    try:
        key_id, separator, secret = resolve(access.access_key).get_secret_value().partition(":")
    except SecretError as error:
        raise FatalError(f"{access.source}: {error}") from None
    if not separator:
        raise DataError(f"{access.source}: {access.access_key} must hold the key's id and the secret key as id:secret")
    return {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
