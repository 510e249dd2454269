"""MLflow's tracking API: search of experiments and of runs, with its page tokens and errors."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.evaluations import ITEMS, JUDGE, JUDGE_VERSION, METRIC, VARIANCE, EvaluationRun, evaluation_runs
from sandbox.faults import Faults
from sandbox.guarded import guarded
from sandbox.keys import TOKEN_MLFLOW

BASE_PATH = "/mlflow"
EXPERIMENT_ID, EXPERIMENT_NAME = "1", "release-gates"
USUAL_PAGE, LARGEST_PAGE = 1000, 50_000
_ENDED = re.compile(r"attributes\.end_time (>=|<) (\d+)")


def mlflow_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """The endpoints under BASE_PATH."""
    known = evaluation_runs(company.seed, company.anchor)

    def experiments(_request: Request, _body: Any) -> dict[str, Any]:
        names = {"0": "Default", EXPERIMENT_ID: EXPERIMENT_NAME}
        return {"experiments": [{"experiment_id": key, "name": name} for key, name in names.items()]}

    def runs(_request: Request, body: Any) -> dict[str, Any]:
        span = {sign: int(moment) for sign, moment in _ENDED.findall(str(body.get("filter", "")))}
        if "status = 'FINISHED'" not in str(body.get("filter")) or span.keys() != {">=", "<"}:
            raise ApiError(400, "INVALID_PARAMETER_VALUE", "The sandbox wants finished runs between two end times.")
        wanted = EXPERIMENT_ID in body.get("experiment_ids", [])
        ended = [run for run in known if wanted and run.ended_at <= now()]
        return _page(body, [run for run in ended if span[">="] <= _ms(run.ended_at) < span["<"]], faults)

    def route(path: str, handle: Callable[[Request, Any], dict[str, Any]]) -> Route:
        endpoint = guarded(handle, f"Bearer {TOKEN_MLFLOW}", _envelope, faults)
        return Route(f"{BASE_PATH}/api/2.0/mlflow/{path}", endpoint, methods=["POST"])

    return [route("experiments/search", experiments), route("runs/search", runs)]


def _page(body: dict[str, Any], found: Sequence[EvaluationRun], faults: Faults) -> dict[str, Any]:
    size = body.get("max_results", USUAL_PAGE)
    if not isinstance(size, int) or not 1 <= size <= LARGEST_PAGE:
        raise ApiError(400, "INVALID_PARAMETER_VALUE", f"Invalid value {size} for parameter 'max_results' supplied.")
    token = body.get("page_token")
    offset = orjson.loads(base64.b64decode(token))["offset"] if token else 0
    page: dict[str, Any] = {"runs": [_record(run) for run in found[offset : offset + size]]}
    if offset + size < len(found) or faults.repeated_cursor:
        following = 0 if faults.repeated_cursor else offset + size
        page["next_page_token"] = base64.b64encode(orjson.dumps({"offset": following})).decode()
    return {"runs": "spoiled"} if faults.malformed_page else page if page["runs"] else {}


def _record(run: EvaluationRun) -> dict[str, Any]:
    ended = _ms(run.ended_at)
    values = {METRIC: run.quality, VARIANCE: run.variance, ITEMS: float(run.item_count)}
    tags = {
        "feature": run.feature,
        "version": run.version,
        "suite": run.suite,
        "passed": str(run.passed).lower(),
        "judge_version": JUDGE_VERSION,
    }
    return {
        "info": {
            "run_id": run.run_id,
            "run_uuid": run.run_id,
            "run_name": f"{run.version} {run.suite}",
            "experiment_id": EXPERIMENT_ID,
            "status": "FINISHED",
            "start_time": ended - 1_800_000,
            "end_time": ended,
            "lifecycle_stage": "active",
        },
        "data": {
            "metrics": [{"key": key, "value": value, "timestamp": ended, "step": 0} for key, value in values.items()],
            "params": [{"key": "judge", "value": JUDGE}],
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        },
        "inputs": {},
        "outputs": {},
    }


def _envelope(error: ApiError) -> dict[str, Any]:
    return {"error_code": error.kind.upper(), "message": error.message}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
