"""PagerDuty's REST API: incidents, log entries, priorities and custom fields, with its paging, limits and errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.incidents import PRIORITIES, CompanyIncident, company_incidents
from sandbox.keys import API_KEY_PAGERDUTY
from sandbox.pagerduty_records import custom_fields, incident_record, log_records, priority_record
from sandbox.vendor_http import fail_sometimes, html_error, json_response

BASE_PATH = "/pagerduty"
"""Where the sandbox serves what the vendor serves under https://api.pagerduty.com."""

LARGEST_LIMIT = 100
USUAL_LIMIT = 25
LARGEST_OFFSET = 10_000
LONGEST_RANGE = timedelta(days=184)
"""Six months."""
USUAL_RANGE = timedelta(days=31)

Handler = Callable[[Request], Awaitable[Response]]
Records = Sequence[dict[str, Any]]


def pagerduty_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The endpoints under BASE_PATH."""
    known = company_incidents(company.seed, company.anchor)

    def incidents(request: Request) -> dict[str, Any]:
        moment = now()
        span = _range(request, moment)
        found = [one for one in known if span[0] <= one.declared_at < min(span[1], moment)]
        return _page(request, "incidents", [incident_record(company.seed, one, moment) for one in found], faults)

    def log_entries(request: Request) -> dict[str, Any]:
        moment = now()
        span = _range(request, moment)
        found = [record for one in known for record in log_records(company.seed, one, moment)]
        inside = [one for one in found if span[0] <= datetime.fromisoformat(one["created_at"]) < span[1]]
        return _page(request, "log_entries", sorted(inside, key=_newest_first), faults)

    def log_of_one(request: Request) -> dict[str, Any]:
        found = log_records(company.seed, _one(known, request, now()), now())
        return _page(request, "log_entries", sorted(found, key=_newest_first), faults)

    def fields_of_one(request: Request) -> dict[str, Any]:
        return {"custom_fields": custom_fields(_one(known, request, now()), now())}

    def priorities(request: Request) -> dict[str, Any]:
        found = [priority_record(company.seed, name) for name in PRIORITIES]
        return _page(request, "priorities", found, faults)

    def route(path: str, handle: Callable[[Request], dict[str, Any]]) -> Route:
        return Route(f"{BASE_PATH}/{path}", _guarded(handle, faults), methods=["GET"])

    return [
        route("incidents", incidents),
        route("log_entries", log_entries),
        route("incidents/{incident}/log_entries", log_of_one),
        route("incidents/{incident}/custom_fields/values", fields_of_one),
        route("priorities", priorities),
    ]


def _newest_first(record: dict[str, Any]) -> float:
    return -datetime.fromisoformat(record["created_at"]).timestamp()


def _one(known: Sequence[CompanyIncident], request: Request, now: datetime) -> CompanyIncident:
    wanted = request.path_params["incident"]
    for incident in known:
        if incident.incident_id == wanted and incident.declared_at <= now:
            return incident
    raise ApiError(404, "2100", "Not Found")


def _range(request: Request, now: datetime) -> tuple[datetime, datetime]:
    """What is asked for; an end that is missing is a month away, as the vendor does."""
    since, until = (_moment(request, name) for name in ("since", "until"))
    if since is None and until is None:
        until = now
    if until is None:
        assert since is not None
        until = since + USUAL_RANGE
    if since is None:
        since = until - USUAL_RANGE
    if since > until or until - since > LONGEST_RANGE:
        raise ApiError(400, "2004", "The since and until range must be in order and no longer than 6 months.")
    return since, until


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, "2001", f"The parameter {name} is not a date.") from None
    if moment.tzinfo is None:
        raise ApiError(400, "2001", f"The sandbox wants an offset in {name}.")
    return moment


def _page(request: Request, name: str, records: Records, faults: Faults) -> dict[str, Any]:
    limit, offset = _number(request, "limit", USUAL_LIMIT), _number(request, "offset", 0)
    if limit > LARGEST_LIMIT:
        limit = LARGEST_LIMIT
    if offset + limit > LARGEST_OFFSET:
        raise ApiError(400, "2002", f"Offset+limit exceeds maximum allowed value of {LARGEST_OFFSET}.")
    asks_total = request.query_params.get("total") == "true"
    page: dict[str, Any] = {
        name: records[offset : offset + limit],
        "limit": limit,
        "offset": offset,
        "total": len(records) if asks_total else None,
        "more": offset + limit < len(records) or faults.repeated_cursor,
    }
    if faults.malformed_page:
        del page["more"]
    return page


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.isascii() or not text.isdigit():
        raise ApiError(400, "2001", f"The parameter {name} is not a number.")
    return int(text)


def _guarded(handle: Callable[[Request], dict[str, Any]], faults: Faults) -> Handler:
    async def endpoint(request: Request) -> Response:
        try:
            _authorize(request.headers.get("authorization"), faults)
            fail_sometimes(faults)
            body = orjson.dumps(handle(request))
        except ApiError as error:
            return _refused(error, faults)
        if faults.truncated_body:
            body = body[: len(body) // 2]
        return Response(body, media_type="application/json")

    return endpoint


def _authorize(header: str | None, faults: Faults) -> None:
    if faults.key_expired or header != f"Token token={API_KEY_PAGERDUTY}":
        raise ApiError(401, "2006", "Unauthorized")


def _refused(error: ApiError, faults: Faults) -> Response:
    if error.status >= 500 and faults.html_errors:
        return html_error(error)
    if error.status == 429:
        headers = {
            "ratelimit-limit": "960",
            "ratelimit-remaining": "0",
            "ratelimit-reset": str(max(1, faults.retry_after_seconds)),
        }
        return json_response({"error": {"message": "Rate Limit Exceeded", "code": 2020}}, 429, headers)
    code = int(error.kind) if error.kind.isdigit() else 2000
    return json_response({"error": {"message": error.message, "code": code, "errors": [error.message]}}, error.status)
