"""Anthropic's Admin API reports: messages usage and cost, with the vendor's authentication and errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.anthropic_query import COST_LIMITS, USAGE_LIMITS, AnthropicQuery, parse_anthropic_query
from sandbox.anthropic_reports import (
    COST_DIMENSIONS,
    SPEED,
    USAGE_DIMENSIONS,
    USAGE_FILTERS,
    cost_results,
    message_results,
)
from sandbox.company import Company
from sandbox.errors import ApiError, invalid_request
from sandbox.faults import Faults
from sandbox.keys import ADMIN_KEY_ANTHROPIC, EXPIRED_KEY_ANTHROPIC, WORKSPACE_KEY_ANTHROPIC
from sandbox.paging import encode_cursor
from sandbox.timeline import rfc3339
from sandbox.vendor_http import error_headers, fail_sometimes, html_error, json_response, page_response

BASE_PATH = "/anthropic"
"""Where the sandbox serves what the vendor serves under https://api.anthropic.com."""

ANTHROPIC_VERSION = "2023-06-01"
FAST_MODE_BETA = "fast-mode-2026-02-01"

_ERROR_TYPES = {500: "api_error"}

Handler = Callable[[Request], Awaitable[Response]]


def anthropic_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The usage report and the cost report, under BASE_PATH."""

    def messages(request: Request) -> dict[str, Any]:
        fast_mode = FAST_MODE_BETA in request.headers.get("anthropic-beta", "")
        moment = now()
        query = parse_anthropic_query(
            request.query_params.multi_items(),
            moment,
            limits=USAGE_LIMITS,
            group_by=(*USAGE_DIMENSIONS, SPEED) if fast_mode else USAGE_DIMENSIONS,
            filters=USAGE_FILTERS,
        )
        return _page(query, message_results(company, query, moment))

    def cost(request: Request) -> dict[str, Any]:
        moment = now()
        query = parse_anthropic_query(
            request.query_params.multi_items(),
            moment,
            limits=COST_LIMITS,
            group_by=COST_DIMENSIONS,
            filters={},
        )
        return _page(query, cost_results(company, query, moment))

    prefix = f"{BASE_PATH}/v1/organizations"
    return [
        Route(f"{prefix}/usage_report/messages", _guarded(messages, faults), methods=["GET"]),
        Route(f"{prefix}/cost_report", _guarded(cost, faults), methods=["GET"]),
    ]


def _guarded(handle: Callable[[Request], dict[str, Any]], faults: Faults) -> Handler:
    async def endpoint(request: Request) -> Response:
        try:
            _authorize(request, faults)
            fail_sometimes(faults)
            return page_response(handle(request), faults)
        except ApiError as error:
            if error.status >= 500 and faults.html_errors:
                return html_error(error)
            body = {"type": _ERROR_TYPES.get(error.status, error.kind), "message": error.message}
            envelope = {"type": "error", "error": body, "request_id": f"req_{faults.request_count:024d}"}
            return json_response(envelope, error.status, error_headers(error, faults))

    return endpoint


def _authorize(request: Request, faults: Faults) -> None:
    key = request.headers.get("x-api-key")
    if not key:
        raise ApiError(401, "authentication_error", "x-api-key header is required")
    if key == WORKSPACE_KEY_ANTHROPIC:
        raise ApiError(403, "permission_error", "This endpoint requires an Admin API key.")
    if key == EXPIRED_KEY_ANTHROPIC or key != ADMIN_KEY_ANTHROPIC or faults.key_expired:
        raise ApiError(401, "authentication_error", "invalid x-api-key")
    if not request.headers.get("anthropic-version"):
        raise invalid_request("anthropic-version: header is required")
    if request.headers["anthropic-version"] != ANTHROPIC_VERSION:
        raise invalid_request(f"anthropic-version: '{ANTHROPIC_VERSION}' is the only version served here")


def _page(query: AnthropicQuery, results: list[list[dict[str, Any]]]) -> dict[str, Any]:
    span = query.span
    starts = range(span.start, span.next_start, span.width)
    return {
        "data": [
            {"starting_at": rfc3339(start), "ending_at": rfc3339(start + span.width), "results": rows}
            for start, rows in zip(starts, results, strict=True)
        ],
        "has_more": span.has_more,
        "next_page": encode_cursor(span, query.digest) if span.has_more else None,
    }
