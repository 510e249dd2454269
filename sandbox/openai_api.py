"""OpenAI's organization API: usage and costs, with the vendor's authentication, paging and errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.keys import ADMIN_KEY_OPENAI, EXPIRED_KEY_OPENAI, PROJECT_KEY_OPENAI
from sandbox.openai_costs import COST_DIMENSIONS, COST_FILTERS, cost_results
from sandbox.openai_query import COSTS_LIMITS, USAGE_LIMITS, OpenAIQuery, parse_openai_query
from sandbox.openai_usage import USAGE_ENDPOINTS, UsageEndpoint, usage_results
from sandbox.paging import encode_cursor
from sandbox.vendor_http import error_headers, fail_sometimes, html_error, json_response, page_response

BASE_PATH = "/openai/v1"
"""Where the sandbox serves what the vendor serves under https://api.openai.com/v1."""

Handler = Callable[[Request], Awaitable[Response]]


def openai_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """All eleven endpoints of the organization API, under BASE_PATH."""

    def usage_handler(endpoint: UsageEndpoint) -> Callable[[Request], dict[str, Any]]:
        def handle(request: Request) -> dict[str, Any]:
            moment = now()
            query = parse_openai_query(
                request.query_params.multi_items(),
                moment,
                limits=USAGE_LIMITS,
                group_by=endpoint.dimensions,
                filters=endpoint.filters,
                takes_batch=endpoint.takes_batch,
            )
            return _page(query, usage_results(company, endpoint, query, moment))

        return handle

    def costs(request: Request) -> dict[str, Any]:
        moment = now()
        query = parse_openai_query(
            request.query_params.multi_items(),
            moment,
            limits=COSTS_LIMITS,
            group_by=COST_DIMENSIONS,
            filters=COST_FILTERS,
        )
        return _page(query, cost_results(company, query, moment))

    def route(path: str, handle: Callable[[Request], dict[str, Any]]) -> Route:
        return Route(f"{BASE_PATH}/organization/{path}", _guarded(handle, faults), methods=["GET"])

    return [
        *(route(f"usage/{endpoint.path}", usage_handler(endpoint)) for endpoint in USAGE_ENDPOINTS),
        route("costs", costs),
    ]


def _guarded(handle: Callable[[Request], dict[str, Any]], faults: Faults) -> Handler:
    async def endpoint(request: Request) -> Response:
        try:
            _authorize(request.headers.get("authorization"), faults)
            fail_sometimes(faults)
            return page_response(handle(request), faults)
        except ApiError as error:
            if error.status >= 500 and faults.html_errors:
                return html_error(error)
            body = {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}
            return json_response({"error": body}, error.status, error_headers(error, faults))

    return endpoint


def _authorize(header: str | None, faults: Faults) -> None:
    scheme, _, key = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError(401, "invalid_request_error", "You didn't provide an API key.")
    if key == EXPIRED_KEY_OPENAI or (key == ADMIN_KEY_OPENAI and faults.key_expired):
        raise ApiError(401, "invalid_request_error", "This API key has expired.", code="expired_api_key")
    if key == PROJECT_KEY_OPENAI:
        raise ApiError(
            403,
            "invalid_request_error",
            "You have insufficient permissions for this operation. An admin key is required.",
            code="insufficient_permissions",
        )
    if key != ADMIN_KEY_OPENAI:
        raise ApiError(401, "invalid_request_error", "Incorrect API key provided.", code="invalid_api_key")


def _page(query: OpenAIQuery, results: list[list[dict[str, Any]]]) -> dict[str, Any]:
    span = query.span
    starts = range(span.start, span.next_start, span.width)
    return {
        "object": "page",
        "data": [
            {"object": "bucket", "start_time": start, "end_time": start + span.width, "results": rows}
            for start, rows in zip(starts, results, strict=True)
        ],
        "has_more": span.has_more,
        "next_page": encode_cursor(span, query.digest) if span.has_more else None,
    }
