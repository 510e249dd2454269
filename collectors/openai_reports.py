"""OpenAI's organisation reports: where they are, how they are asked for, how their buckets read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from collectors.base import Api, Endpoint
from collectors.buckets import bucket_of
from collectors.errors import DataError
from collectors.fields import list_of, row_of, unix_time
from collectors.paging import pages
from collectors.safe_url import SafeUrl
from collectors.vendor_settings import UsageSettings, VendorSettings
from domain.window import Window

PROVIDER = "openai"
BASE_URL = "https://api.openai.com/v1"


class OpenAICostsSettings(VendorSettings):
    """`[sources.openai_costs]`."""

    base_url: SafeUrl = BASE_URL


class OpenAIUsageSettings(UsageSettings):
    """`[sources.openai_usage]`."""

    base_url: SafeUrl = BASE_URL


def endpoint(settings: VendorSettings) -> Endpoint:
    """The organisation API; a project's key is refused there, it takes an admin key."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.admin_key,
        headers={"Authorization": "Bearer {secret}"},
        credential="admin key",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def report_query(
    start: datetime, end: datetime | None, width: str, limit: int, group_by: Sequence[str]
) -> list[tuple[str, str]]:
    """The query of a report. Arrays are repeated keys, as the vendor's OpenAPI file declares them."""
    query = [("start_time", str(int(start.timestamp())))]
    if end is not None:
        query.append(("end_time", str(int(end.timestamp()))))
    query += [("bucket_width", width), ("limit", str(limit))]
    return query + [("group_by", name) for name in group_by]


def buckets(
    api: Api, path: str, query: Sequence[tuple[str, str]], result: str, *, exact: bool = False
) -> Iterator[tuple[Window, list[dict[str, Any]]]]:
    """Each bucket's time with its rows. Raises DataError for a row that is not a `result`."""
    where = f"{api.name} {path}"
    for page in pages(api.http, path, query, source=api.name, exact=exact):
        for item in page:
            bucket = row_of(item, where)
            period = bucket_of(unix_time(bucket, "start_time", where), unix_time(bucket, "end_time", where), where)
            results = list_of(bucket, "results", where)
            for row in results:
                if row_of(row, where).get("object") != result:
                    raise DataError(f"{where}: a row is the object {row.get('object')!r}, not {result!r}")
            yield period, results
