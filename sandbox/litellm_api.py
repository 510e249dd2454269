"""The company's LiteLLM proxy: its spend log and its counts by day, with the proxy's paging, limits and errors."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.gateway import GatewayRequest, requests_of
from sandbox.keys import MASTER_KEY_LITELLM
from sandbox.vendor_http import error_headers, fail_sometimes, html_error, json_response

BASE_PATH = "/litellm"
COUNT_CAP = 10_000
"""The proxy stops counting there and says so."""
_MOST_ROWS = 1000


def litellm_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """`/spend/logs/v2` and `/user/daily/activity` below BASE_PATH."""

    def logs(request: Request) -> dict[str, Any]:
        start, end = (_moment(request, name) for name in ("start_date", "end_date"))
        page, size = _number(request, "page", 1), min(_number(request, "page_size", 50), _MOST_ROWS)
        rows = _between(company, start, end, now())
        if request.query_params.get("sort_order", "desc") == "desc":
            rows = rows[::-1]
        capped = len(rows) > COUNT_CAP
        total = min(len(rows), COUNT_CAP)
        return {
            "data": [_row(one) for one in rows[(page - 1) * size : page * size]],
            "total": total,
            "page": page,
            "page_size": size,
            "total_pages": -(-total // size),
            "total_is_capped": capped,
        }

    def daily(request: Request) -> dict[str, Any]:
        first, last = (_moment(request, name).date() for name in ("start_date", "end_date"))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        results = [_day(company, day, now()) for day in days]
        found = [one for one in results if one["metrics"]["api_requests"]]
        total = sum(one["metrics"]["api_requests"] for one in found)
        metadata = {"total_api_requests": total, "page": 1, "total_pages": 1, "has_more": False}
        return {"results": found, "metadata": metadata}

    def route(path: str, handle: Callable[[Request], dict[str, Any]]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                _authorize(request)
                fail_sometimes(faults)
                return json_response(handle(request))
            except ApiError as error:
                if error.status >= 500 and faults.html_errors:
                    return html_error(error)
                body = {"message": error.message, "type": error.kind, "param": None, "code": str(error.status)}
                return json_response({"error": body}, error.status, error_headers(error, faults))

        return Route(f"{BASE_PATH}{path}", endpoint, methods=["GET"])

    return [route("/spend/logs/v2", logs), route("/user/daily/activity", daily)]


def _authorize(request: Request) -> None:
    if request.headers.get("authorization") != f"Bearer {MASTER_KEY_LITELLM}":
        raise ApiError(401, "auth_error", "Authentication Error, Invalid proxy server token passed")


def logged(company: Company, day: date, now: datetime) -> list[GatewayRequest]:
    """The requests that started on a day and have ended by now."""
    return [one for one in requests_of(company.seed, company.anchor, day) if one.ended_at <= now]


def _between(company: Company, start: datetime, end: datetime, now: datetime) -> list[GatewayRequest]:
    """Both ends are inclusive."""
    days = [start.date() + timedelta(days=n) for n in range((min(end, now).date() - start.date()).days + 1)]
    rows = [one for day in days for one in logged(company, day, now)]
    first = bisect_left(rows, start, key=lambda one: one.started_at)
    return rows[first : bisect_right(rows, end, key=lambda one: one.started_at)]


def _row(one: GatewayRequest) -> dict[str, Any]:
    def written(moment: datetime) -> str:
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    first = one.first_token_milliseconds
    error = {"error_code": str(one.status_code), "error_class": "ProviderError"}
    return {
        "request_id": one.request_id,
        "call_type": "acompletion",
        "api_key": f"{one.service.name}-key-hash",
        "prompt_tokens": one.input_tokens,
        "completion_tokens": one.output_tokens,
        "total_tokens": one.input_tokens + one.output_tokens,
        "startTime": written(one.started_at),
        "endTime": written(one.ended_at),
        "request_duration_ms": one.milliseconds,
        "completionStartTime": None if first is None else written(one.started_at + timedelta(milliseconds=first)),
        "model": one.service.model,
        "model_group": one.service.model,
        "custom_llm_provider": one.service.provider,
        "user": "default_user_id",
        "team_id": None,
        "end_user": "",
        "cache_hit": "False",
        "request_tags": [f"app:{one.service.name}", "User-Agent: larkfield/4.2"],
        "status": "success" if one.status_code is None else "failure",
        "metadata": {} if one.status_code is None else {"error_information": error},
    }


def _day(company: Company, day: date, now: datetime) -> dict[str, Any]:
    rows = logged(company, day, now)
    failed = sum(one.status_code is not None for one in rows)
    metrics = {"api_requests": len(rows), "failed_requests": failed, "successful_requests": len(rows) - failed}
    return {"date": day.isoformat(), "metrics": metrics, "breakdown": {}}


def _moment(request: Request, name: str) -> datetime:
    try:
        return datetime.fromisoformat(request.query_params[name]).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        raise ApiError(400, "bad_request", f"{name} is required and must be a date") from None


def _number(request: Request, name: str, default: int) -> int:
    try:
        return max(1, int(request.query_params.get(name, default)))
    except ValueError:
        raise ApiError(422, "bad_request", f"{name} is not a number") from None
