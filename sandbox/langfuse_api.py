"""Langfuse's scores and score configs: version 3, with its cursor, limits and errors."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.evaluations import HELPFULNESS, SCALE, AnswerScore, answer_scores
from sandbox.faults import Faults
from sandbox.guarded import guarded, number
from sandbox.keys import KEYS_LANGFUSE
from sandbox.timeline import rfc3339

BASE_PATH = "/langfuse"
LARGEST_PAGE = 100
CONFIG = "cfg-helpfulness"


def langfuse_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The endpoints under BASE_PATH."""
    known = answer_scores(company.seed, company.anchor)

    def scores(request: Request, _body: Any) -> dict[str, Any]:
        start, end = (_moment(request, name) for name in ("fromTimestamp", "toTimestamp"))
        size = number(request, "limit", 50, LARGEST_PAGE)
        found = [score for score in known if start <= score.at < end and score.at <= now()]
        cursor = request.query_params.get("cursor")
        offset = int(base64.urlsafe_b64decode(cursor)) if cursor else 0
        meta: dict[str, Any] = {"limit": size}
        if offset + size < len(found) or faults.repeated_cursor:
            following = 0 if faults.repeated_cursor else offset + size
            meta["cursor"] = base64.urlsafe_b64encode(str(following).encode()).decode()
        page = {"data": [_record(score) for score in found[offset : offset + size]], "meta": meta}
        return {"meta": meta} if faults.malformed_page else page

    def configs(_request: Request, _body: Any) -> dict[str, Any]:
        config = {"id": CONFIG, "name": HELPFULNESS, "dataType": "NUMERIC", "minValue": SCALE[0], "maxValue": SCALE[1]}
        return {"data": [config], "meta": {"page": 1, "limit": 100, "totalItems": 1, "totalPages": 1}}

    def route(path: str, handle: Callable[[Request, Any], dict[str, Any]]) -> Route:
        pair = base64.b64encode(KEYS_LANGFUSE.encode()).decode()
        endpoint = guarded(handle, f"Basic {pair}", _envelope, faults)
        return Route(f"{BASE_PATH}/api/public/{path}", endpoint, methods=["GET"])

    return [route("v3/scores", scores), route("score-configs", configs)]


def _moment(request: Request, name: str) -> datetime:
    try:
        return datetime.fromisoformat(request.query_params[name])
    except (KeyError, ValueError):
        raise ApiError(400, "invalid_request", f"The sandbox wants a time in {name}.") from None


def _record(score: AnswerScore) -> dict[str, Any]:
    at = rfc3339(int(score.at.timestamp()))
    is_number = score.name == HELPFULNESS
    return {
        "id": score.score_id,
        "projectId": "larkfield",
        "name": score.name,
        "dataType": "NUMERIC" if is_number else "BOOLEAN",
        "value": score.value,
        "source": "EVAL" if is_number else "ANNOTATION",
        "timestamp": at,
        "environment": "production",
        "createdAt": at,
        "updatedAt": at,
        "subject": {"kind": "observation", "id": score.trace_id[:16], "traceId": score.trace_id},
        "configId": CONFIG if is_number else None,
        "comment": None,
        "metadata": {},
    }


def _envelope(error: ApiError) -> dict[str, Any]:
    return {"message": error.message, "error": error.kind}
