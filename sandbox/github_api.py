"""GitHub's REST API: deployments and their statuses, with its Link headers, limits and errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company import Company
from sandbox.delivery import ENVIRONMENT, REPOSITORIES, CompanyRelease, company_delivery
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.keys import TOKEN_GITHUB
from sandbox.timeline import rfc3339
from sandbox.vendor_http import json_response

BASE_PATH = "/github"
"""Where the sandbox serves what the vendor serves under https://api.github.com."""

LARGEST_PAGE, USUAL_PAGE = 100, 30

Records = list[dict[str, Any]]


def github_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The endpoints under BASE_PATH."""
    known = company_delivery(company.seed, company.anchor).releases

    def of_repository(request: Request) -> list[CompanyRelease]:
        repository = f"{request.path_params['owner']}/{request.path_params['repository']}"
        if repository not in REPOSITORIES:
            raise ApiError(404, "not_found", "Not Found")
        return [one for one in known if one.repository == repository and one.created_at <= now()]

    def deployments(request: Request) -> Records:
        if faults.next_github_list_is_limited():
            raise ApiError(
                403, "limited", "You have exceeded a secondary rate limit. Please wait before you try again."
            )
        if request.query_params.get("environment", ENVIRONMENT) != ENVIRONMENT:
            return []
        return [_deployment(one) for one in reversed(of_repository(request))]

    def statuses(request: Request) -> Records:
        found = of_repository(request)
        for place, one in enumerate(found):
            if one.number == request.path_params["number"]:
                return _statuses(one, found[place + 1 :], now())
        raise ApiError(404, "not_found", "Not Found")

    def route(path: str, handle: Callable[[Request], Records]) -> Route:
        return Route(f"{BASE_PATH}/repos/{{owner}}/{{repository}}/{path}", _guarded(handle, faults), methods=["GET"])

    return [route("deployments", deployments), route("deployments/{number:int}/statuses", statuses)]


def _deployment(one: CompanyRelease) -> dict[str, Any]:
    return {
        "id": one.number,
        "sha": one.sha,
        "ref": one.ref,
        "task": "deploy",
        "environment": ENVIRONMENT,
        "description": "",
        "created_at": _text(one.created_at),
        "updated_at": _text(one.finished_at),
    }


def _statuses(one: CompanyRelease, later: list[CompanyRelease], now: datetime) -> Records:
    """Newest first. A later success makes it inactive, as the vendor does it."""
    moments = [("in_progress", one.created_at + timedelta(minutes=1))]
    moments.append(("success" if one.succeeds else "failure", one.finished_at))
    following = min((other.finished_at for other in later if other.succeeds), default=None)
    if following and one.succeeds:
        moments.append(("inactive", max(following, one.finished_at + timedelta(seconds=1))))
    return [
        {
            "id": one.number * 10 + place,
            "state": state,
            "created_at": _text(moment),
            "log_url": f"https://github.example/{one.repository}/actions/runs/{one.number}",
        }
        for place, (state, moment) in reversed(list(enumerate(moments)))
        if moment <= now
    ]


def _text(moment: datetime) -> str:
    return rfc3339(int(moment.timestamp()))


def _guarded(handle: Callable[[Request], Records], faults: Faults) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            _authorize(request.headers.get("authorization"), faults)
            return _page(request, handle(request), faults)
        except ApiError as error:
            return _refused(error, faults)

    return endpoint


def _authorize(header: str | None, faults: Faults) -> None:
    if faults.key_expired or header != f"Bearer {TOKEN_GITHUB}":
        raise ApiError(401, "unauthorized", "Bad credentials")


def _page(request: Request, records: Records, faults: Faults) -> Response:
    size, number = _number(request, "per_page", USUAL_PAGE), _number(request, "page", 1)
    size = min(size, LARGEST_PAGE)
    last = number * size >= len(records)
    headers = {}
    if faults.repeated_cursor or not last:
        following = number if faults.repeated_cursor else number + 1
        headers["Link"] = f'<{request.url.include_query_params(page=following)}>; rel="next"'
    page: Any = records[(number - 1) * size : number * size]
    body = orjson.dumps({"items": page} if faults.malformed_page else page)
    if faults.truncated_body:
        body = body[: len(body) // 2]
    return Response(body, headers=headers, media_type="application/json")


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ApiError(422, "invalid", f"{name} is not a number of 1 or more.")
    return int(text)


def _refused(error: ApiError, faults: Faults) -> Response:
    headers = {"Retry-After": str(max(1, faults.retry_after_seconds))} if error.status == 403 else None
    return json_response({"message": error.message, "status": str(error.status)}, error.status, headers)
