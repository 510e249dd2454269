"""LaunchDarkly's list of experiments, as it stands at a moment, with its links, version header and errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.experiments import INCONCLUSIVE, LOST, CompanyExperiment, company_experiments
from sandbox.faults import Faults
from sandbox.guarded import guarded, number
from sandbox.keys import TOKEN_LAUNCHDARKLY

BASE_PATH = "/launchdarkly"
PROJECT, ENVIRONMENT = "larkfield", "production"
LARGEST_PAGE = 20
BASELINE, NEW = "t-now", "t-new"
_TREATMENTS = [
    {"_id": BASELINE, "name": "as it is", "allocationPercent": "50", "baseline": True},
    {"_id": NEW, "name": "new", "allocationPercent": "50", "baseline": False},
]


def launchdarkly_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The endpoint under BASE_PATH."""
    known = company_experiments(company.seed, company.anchor)
    path = f"/api/v2/projects/{PROJECT}/environments/{ENVIRONMENT}/experiments"

    def experiments(request: Request, _body: Any) -> dict[str, Any]:
        moment, query = now(), dict(request.query_params)
        states = query.get("lifecycleState", "active").split(",")
        found = [one for one in known if one.created_at <= moment and _state(one, moment) in states]
        size, offset = number(request, "limit", LARGEST_PAGE, LARGEST_PAGE), number(request, "offset", 0, 10**6)
        before = "previousIterations" in query.get("expand", "")
        page: dict[str, Any] = {
            "items": [_record(one, moment, before) for one in found[offset : offset + size]],
            "total_count": len(found),
            "_links": {},
        }
        if offset + size < len(found) or faults.repeated_cursor:
            following = 0 if faults.repeated_cursor else offset + size
            page["_links"]["next"] = {"href": f"{path}?{urlencode({**query, 'limit': size, 'offset': following})}"}
        return {"total_count": len(found)} if faults.malformed_page else page

    endpoint = guarded(experiments, TOKEN_LAUNCHDARKLY, _envelope, faults)
    return [Route(BASE_PATH + path, endpoint, methods=["GET"])]


def _state(one: CompanyExperiment, moment: datetime) -> str:
    return "archived" if one.archived_at and one.archived_at <= moment else "active"


def _record(one: CompanyExperiment, moment: datetime, with_previous: bool) -> dict[str, Any]:
    begun = [span for span in one.spans if span[0] <= moment]
    iterations = [_iteration(one, span, moment, is_last=span == one.spans[-1]) for span in begun]
    waiting = {"_id": "draft", "status": "not_started", "createdAt": _ms(one.created_at), "treatments": _TREATMENTS}
    record: dict[str, Any] = {
        "_id": one.experiment_id,
        "key": one.key,
        "name": one.key.replace("-", " ").capitalize(),
        "environmentKey": ENVIRONMENT,
        "_creationDate": _ms(one.created_at),
        "type": "experiment",
        "tags": [],
        "currentIteration": iterations[-1] if iterations else waiting,
    }
    if with_previous:
        record["previousIterations"] = iterations[:-1]
    if _state(one, moment) == "archived" and one.archived_at:
        record["archivedDate"] = _ms(one.archived_at)
    return record


def _iteration(
    one: CompanyExperiment, span: tuple[datetime, datetime], moment: datetime, is_last: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "_id": f"{one.experiment_id}-{_ms(span[0])}",
        "status": "running",
        "createdAt": _ms(one.created_at),
        "startedAt": _ms(span[0]),
        "treatments": _TREATMENTS,
    }
    if span[1] <= moment:
        found |= {"status": "stopped", "endedAt": _ms(span[1])}
        if is_last and one.outcome != INCONCLUSIVE:
            found |= {"winningTreatmentId": BASELINE if one.outcome == LOST else NEW}
    return found


def _envelope(error: ApiError) -> dict[str, Any]:
    return {"code": error.kind, "message": error.message}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
