"""What both providers' APIs share on the wire: JSON bodies, the occasional fault, spoiled pages."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.paging import REPEATED_CURSOR


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def fail_sometimes(faults: Faults) -> None:
    """Count the request and raise ApiError 429 or 500 when its turn has come."""
    match faults.next_request():
        case "rate_limit":
            raise ApiError(429, "rate_limit_error", "Rate limit reached for this endpoint.", code="rate_limit_exceeded")
        case "server_error":
            raise ApiError(500, "server_error", "The server had an error while processing your request.")


def error_headers(error: ApiError, faults: Faults) -> dict[str, str] | None:
    """`Retry-After` on a 429."""
    return {"Retry-After": str(max(1, faults.retry_after_seconds))} if error.status == 429 else None


def html_error(error: ApiError) -> Response:
    """The same failure as a proxy in front of the vendor would put it."""
    text = f"<html><body><h1>{error.status}</h1><p>upstream failure</p></body></html>"
    return Response(text, error.status, media_type="text/html")


def page_response(page: dict[str, Any], faults: Faults) -> Response:
    """One page, spoiled if a fault says so."""
    if faults.repeated_cursor:
        page = {**page, "has_more": True, "next_page": REPEATED_CURSOR}
    if faults.malformed_page:
        buckets = [{k: v for k, v in bucket.items() if k != "results"} for bucket in page["data"]]
        page = {k: v for k, v in page.items() if k != "has_more"} | {"data": buckets}
    body = orjson.dumps(page)
    if faults.truncated_body:
        body = body[: len(body) // 2]
    return Response(body, media_type="application/json")
