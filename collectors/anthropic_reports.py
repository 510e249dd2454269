"""Anthropic's Admin API reports: where they are, how they are asked for, how their buckets read."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from collectors.base import Api, Endpoint
from collectors.buckets import bucket_of, is_cut
from collectors.fields import Row, list_of, rfc3339_time, row_of, text
from collectors.paging import pages
from collectors.safe_url import SafeUrl
from collectors.vendor_settings import UsageSettings, VendorSettings
from domain.window import Window

PROVIDER = "anthropic"
BASE_URL = "https://api.anthropic.com"
API_VERSION = "2023-06-01"
DEFAULT_WORKSPACE = "default"
"""The default workspace has no id in these reports: null where rows are grouped by workspace."""


class AnthropicCostsSettings(VendorSettings):
    """`[sources.anthropic_costs]`."""

    base_url: SafeUrl = BASE_URL


class AnthropicUsageSettings(UsageSettings):
    """`[sources.anthropic_usage]`."""

    base_url: SafeUrl = BASE_URL


def endpoint(settings: VendorSettings) -> Endpoint:
    """The Admin API; a workspace's key is refused there, it takes an admin key."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.admin_key,
        headers={"x-api-key": "{secret}", "anthropic-version": API_VERSION},
        credential="admin key",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def report_query(
    span: Window, width: timedelta, width_name: str, limit: int, group_by: Sequence[str]
) -> list[tuple[str, str]]:
    """The query of a report. The vendor gives buckets that end by `ending_at`, so a span that `now` cuts is
    asked for without it: the bucket that is still filling comes too."""
    query = [("starting_at", f"{span.start:%Y-%m-%dT%H:%M:%SZ}")]
    if not is_cut(span, width):
        query.append(("ending_at", f"{span.end:%Y-%m-%dT%H:%M:%SZ}"))
    query += [("bucket_width", width_name), ("limit", str(limit))]
    return query + [("group_by[]", name) for name in group_by]


def buckets(
    api: Api, path: str, query: Sequence[tuple[str, str]], *, exact: bool = False
) -> Iterator[tuple[Window, list[dict[str, Any]]]]:
    """Each bucket's time with its rows."""
    where = f"{api.name} {path}"
    for page in pages(api.http, path, query, source=api.name, exact=exact):
        for item in page:
            bucket = row_of(item, where)
            start, end = rfc3339_time(bucket, "starting_at", where), rfc3339_time(bucket, "ending_at", where)
            results = list_of(bucket, "results", where)
            for row in results:
                row_of(row, where)
            yield bucket_of(start, end, where), results


def workspace(row: Row, where: str) -> str:
    """The workspace of a row that is grouped by workspace."""
    return text(row, "workspace_id", where) or DEFAULT_WORKSPACE
