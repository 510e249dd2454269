"""Jira's REST API: bounded searches by token, changes in bulk and statuses, with its limits and errors."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company import Company
from sandbox.delivery import company_delivery
from sandbox.delivery_tickets import company_defects, company_requests
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.jira_records import JiraTicket, of_spec, of_ticket, status_records
from sandbox.keys import USER_AND_TOKEN_JIRA
from sandbox.vendor_http import error_headers, fail_sometimes, html_error, json_response

BASE_PATH = "/jira"
"""Where the sandbox serves what the vendor serves under the site's own address."""

LARGEST_PAGE, USUAL_PAGE = 100, 50
LARGEST_BULK = 1000
USER_ZONE = timezone(timedelta(hours=2))
"""JQL reads times in the zone of the user whose token it is."""

_JQL = re.compile(
    r'project in \((?P<projects>"\w+"(?:, "\w+")*)\) AND created >= "(?P<start>[\d/: ]+)" '
    r'AND created < "(?P<end>[\d/: ]+)" ORDER BY created ASC, key ASC'
)
"""What the sandbox understands; it is bounded, as the vendor wants it."""

Handler = Callable[[Any], Any]


def jira_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The endpoints under BASE_PATH."""
    tickets = _tickets(company)

    def search(body: Any) -> Any:
        projects, start, end = _asked(body)
        found = [
            one
            for one in tickets
            if one.key.partition("-")[0] in projects and start <= one.created_at < end and one.created_at <= now()
        ]
        size = min(body.get("maxResults", USUAL_PAGE), LARGEST_PAGE)
        first = _offset(body.get("nextPageToken"))
        page: dict[str, Any] = {
            "issues": [one.record(body.get("fields", ()), now()) for one in found[first : first + size]]
        }
        if faults.malformed_page:
            return {}
        if faults.repeated_cursor or first + size < len(found):
            page["nextPageToken"] = _token(0 if faults.repeated_cursor else first + size)
        return page

    def changes(body: Any) -> Any:
        wanted = body.get("issueIdsOrKeys", [])
        if not 0 < len(wanted) <= LARGEST_BULK:
            raise ApiError(400, "invalid", f"issueIdsOrKeys holds 1 to {LARGEST_BULK} issues.")
        found = {one.issue_id: one for one in tickets if one.created_at <= now()}
        return {"issueChangeLogs": [found[issue].changes(now()) for issue in wanted if issue in found]}

    def route(path: str, handle: Handler, method: str) -> Route:
        return Route(f"{BASE_PATH}/rest/api/3/{path}", _guarded(handle, faults), methods=[method])

    return [
        route("search/jql", search, "POST"),
        route("changelog/bulkfetch", changes, "POST"),
        route("status", lambda _: status_records(), "GET"),
    ]


def _tickets(company: Company) -> list[JiraTicket]:
    seed, anchor = company.seed, company.anchor
    specs = company_delivery(seed, anchor).specs
    defects, requests = company_defects(seed, anchor), company_requests(seed, anchor)
    found = [of_spec(number, spec) for number, spec in enumerate(specs)]
    found += [of_ticket(10_000 + number, one, "Bug") for number, one in enumerate(defects)]
    found += [of_ticket(20_000 + number, one, "Evidence request") for number, one in enumerate(requests)]
    return sorted(found, key=lambda one: one.created_at)


def _asked(body: Any) -> tuple[frozenset[str], datetime, datetime]:
    asked = _JQL.fullmatch(str(body.get("jql")))
    if not asked:
        raise ApiError(400, "jql", "Unbounded JQL queries are not allowed here. Please add a search restriction.")
    start, end = (
        datetime.strptime(asked[name], "%Y/%m/%d %H:%M").replace(tzinfo=USER_ZONE) for name in ("start", "end")
    )
    return frozenset(re.findall(r"\w+", asked["projects"])), start, end


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode()


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("offset:"))
    except (binascii.Error, ValueError):
        raise ApiError(400, "token", "The provided next page token is invalid.") from None


def _guarded(handle: Handler, faults: Faults) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            _authorize(request.headers.get("authorization"), faults)
            fail_sometimes(faults)
            body = orjson.dumps(handle(orjson.loads(await request.body() or b"{}")))
        except ApiError as error:
            return _refused(error, faults)
        return Response(body[: len(body) // 2] if faults.truncated_body else body, media_type="application/json")

    return endpoint


def _authorize(header: str | None, faults: Faults) -> None:
    expected = "Basic " + base64.b64encode(USER_AND_TOKEN_JIRA.encode()).decode()
    if faults.key_expired or header != expected:
        raise ApiError(401, "unauthorized", "Client must be authenticated to access this resource.")


def _refused(error: ApiError, faults: Faults) -> Response:
    if error.status >= 500 and faults.html_errors:
        return html_error(error)
    headers = (error_headers(error, faults) or {}) | {"RateLimit-Reason": "jira-burst-based"}
    body = {"errorMessages": [error.message], "errors": {}}
    return json_response(body, error.status, headers if error.status == 429 else None)
