"""The Prometheus server beside the company's own model: `/metrics`, and as much of the query API as recipes ask.

It counts the calls of the contract parser exactly, without extrapolation. Of PromQL it understands
`sum(increase(metric{matchers}[range]))` and says so of everything else, as the server does: 400 and `bad_data`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.parser_calls import parser_calls
from sandbox.timeline import SECONDS_PER_HOUR
from sandbox.vendor_http import error_headers, fail_sometimes, html_error, json_response

BASE_PATH = "/prometheus"
METRIC = "http_requests_total"
LABELS = {"handler": "/v1/parse", "method": "POST", "job": "contract-parser"}
KEPT_DAYS = 35
MOST_POINTS = 11_000

_QUERY = re.compile(r"sum\s*\(\s*increase\s*\(\s*([a-zA-Z_:][\w:]*)\s*\{(.*)\}\s*\[(\d+)s\]\s*\)\s*\)")
_MATCHER = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*,?')


def prometheus_routes(company: Company, now: Callable[[], datetime], faults: Faults) -> list[Route]:
    """`/api/v1/query_range`, `/api/v1/query` and `/metrics` below BASE_PATH."""

    def query_range(form: dict[str, str]) -> list[dict[str, Any]]:
        start, end, step = (float(form[name]) for name in ("start", "end", "step"))
        if (end - start) // step > MOST_POINTS:
            raise ApiError(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries.")
        moments = [start + step * n for n in range(int((end - start) // step) + 1)]
        values = list(_values(company, form["query"], moments, now()))
        return [{"metric": {}, "values": values}] if values else []

    def instant(form: dict[str, str]) -> list[dict[str, Any]]:
        if form["query"] == "vector(1)":
            return [{"metric": {}, "value": [now().timestamp(), "1"]}]
        values = _values(company, form["query"], [now().timestamp()], now())
        return [{"metric": {}, "value": value} for value in values]

    def route(path: str, kind: str, answer: Callable[[dict[str, str]], list[dict[str, Any]]]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                fail_sometimes(faults)
                form = dict(parse_qsl((await request.body()).decode())) | dict(request.query_params)
                return json_response({"status": "success", "data": {"resultType": kind, "result": answer(form)}})
            except ApiError as error:
                if error.status >= 500 and faults.html_errors:
                    return html_error(error)
                body = {"status": "error", "errorType": error.kind, "error": error.message}
                return json_response(body, error.status, error_headers(error, faults))
            except (KeyError, ValueError) as error:
                return json_response({"status": "error", "errorType": "bad_data", "error": str(error)}, 400)

        return Route(f"{BASE_PATH}/api/v1/{path}", endpoint, methods=["GET", "POST"])

    async def metrics(_request: Request) -> Response:
        shown = _ended(company, now())
        lines = [f"# HELP {METRIC} Requests by handler, method and status class.", f"# TYPE {METRIC} counter"]
        written = ",".join(f'{name}="{value}"' for name, value in LABELS.items())
        for status in ("2xx", "5xx"):
            count = sum(1 for _, kind in shown if kind == status)
            lines.append(f'{METRIC}{{{written},status="{status}"}} {count}')
        return PlainTextResponse("\n".join([*lines, ""]), media_type="text/plain; version=0.0.4")

    return [
        route("query_range", "matrix", query_range),
        route("query", "vector", instant),
        Route(f"{BASE_PATH}/metrics", metrics, methods=["GET"]),
    ]


def _values(company: Company, query: str, moments: list[float], now: datetime) -> Iterator[list[Any]]:
    """`[time, increase as text]` of every moment at which the server had something to tell."""
    found = _QUERY.fullmatch(query.strip())
    if found is None:
        raise ApiError(400, "bad_data", "1:1: parse error: this server understands sum(increase(metric{…}[60s])) only")
    metric, matchers, width = found[1], found[2], int(found[3])
    kinds = [kind for kind in ("2xx", "5xx") if metric == METRIC and _fits({**LABELS, "status": kind}, matchers)]
    if not kinds:
        return
    ended = _ended(company, now)
    times = [moment for moment, kind in ended if kind in kinds]
    first = (now - timedelta(days=KEPT_DAYS)).timestamp()
    for moment in moments:
        if first + width <= moment <= now.timestamp():
            increase = bisect_left(times, moment) - bisect_left(times, moment - width)
            yield [moment, str(increase)]


def _fits(labels: dict[str, str], matchers: str) -> bool:
    tests: dict[str, Callable[[str, str], bool]] = {
        "=": lambda given, wanted: given == wanted,
        "!=": lambda given, wanted: given != wanted,
        "=~": lambda given, wanted: re.fullmatch(wanted, given) is not None,
        "!~": lambda given, wanted: re.fullmatch(wanted, given) is None,
    }
    return all(tests[sign](labels.get(name, ""), wanted) for name, sign, wanted in _MATCHER.findall(matchers))


def _ended(company: Company, now: datetime) -> list[tuple[float, str]]:
    """`(Unix seconds at its end, status class)` of every call that has ended, in order; a counter counts at the end."""
    known = _calls(company, now.date() - timedelta(days=KEPT_DAYS + 1), now.date() + timedelta(days=1))
    return known[: bisect_left(known, (now.timestamp(), ""))]


@lru_cache(maxsize=4)
def _calls(company: Company, start: Any, end: Any) -> list[tuple[float, str]]:
    calls = parser_calls(company, start, end)
    at = calls.hours * SECONDS_PER_HOUR + (calls.started_milliseconds + calls.milliseconds) / 1000
    return sorted((float(a), f"{int(status) // 100}xx") for a, status in zip(at, calls.statuses, strict=True))


def parser_counts(company: Company, start: datetime, end: datetime) -> tuple[int, int]:
    """(good, all) calls of the parser that ended in [start, end): what an SLO over the server counts, exactly."""
    known = _calls(company, start.date() - timedelta(days=1), end.astimezone(UTC).date() + timedelta(days=1))
    inside = [kind for moment, kind in known if start.timestamp() <= moment < end.timestamp()]
    return sum(kind == "2xx" for kind in inside), len(inside)
