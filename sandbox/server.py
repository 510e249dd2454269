"""The sandbox as one ASGI app: every vendor of the company, from OpenAI to Slack."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox import anthropic_api, openai_api, pagerduty_api, statuspage_api
from sandbox.anthropic_api import anthropic_routes
from sandbox.catalog import COMPANY_NAME
from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.github_api import github_routes
from sandbox.jira_api import jira_routes
from sandbox.langfuse_api import langfuse_routes
from sandbox.launchdarkly_api import launchdarkly_routes
from sandbox.litellm_api import litellm_routes
from sandbox.mlflow_api import mlflow_routes
from sandbox.openai_api import openai_routes
from sandbox.pagerduty_api import pagerduty_routes
from sandbox.prometheus_api import prometheus_routes
from sandbox.slack_api import SlackApi
from sandbox.slack_files import SlackFiles
from sandbox.slack_store import SlackStore
from sandbox.statuspage_api import statuspage_routes
from sandbox.vendor_http import json_response


def create_app(
    company: Company,
    now: Callable[[], datetime],
    faults: Faults | None = None,
    state_dir: Path | None = None,
    live_from: datetime | None = None,
) -> Starlette:
    """The company's vendors. `now` is the time they go by; Slack messages are kept in `state_dir`, if given.

    `live_from` is when a short incident of a provider begins, to be watched; None for none.
    """
    faults = faults or Faults()
    slack = SlackApi(SlackStore(state_dir), SlackFiles(state_dir, faults), now, faults)
    return Starlette(
        routes=[
            *openai_routes(company, now, faults),
            *anthropic_routes(company, now, faults),
            *pagerduty_routes(company, now, faults),
            *statuspage_routes(company, now, faults, live_from),
            *github_routes(company, now, faults),
            *jira_routes(company, now, faults),
            *litellm_routes(company, now, faults),
            *prometheus_routes(company, now, faults),
            *mlflow_routes(company, now, faults),
            *langfuse_routes(company, now, faults),
            *launchdarkly_routes(company, now, faults),
            *slack.routes(),
            Route("/_sandbox/faults", _faults_handler(faults), methods=["GET", "POST"]),
            Route("/", _index_handler(company, now), methods=["GET"]),
        ],
        exception_handlers={404: _not_found},
    )


def _faults_handler(faults: Faults) -> Callable[[Request], object]:
    async def handle(request: Request) -> Response:
        if request.method == "POST":
            try:
                settings = orjson.loads(await request.body())
                if not isinstance(settings, dict):
                    return json_response({"error": "Send a JSON object of faults."}, 400)
                faults.change(settings)
            except (orjson.JSONDecodeError, ValueError) as error:
                return json_response({"error": str(error)}, 400)
        return json_response(faults.as_dict())

    return handle


def _index_handler(company: Company, now: Callable[[], datetime]) -> Callable[[Request], object]:
    async def handle(_request: Request) -> Response:
        name = html.escape(COMPANY_NAME)
        return HTMLResponse(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name} sandbox</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem}</style>"
            f"</head><body><h1>{name} sandbox</h1>"
            f"<p>A company that does not exist, seed {company.seed}, anchored at {company.anchor}. "
            f"It is {now():%Y-%m-%d %H:%M} UTC here.</p><ul>"
            f"<li><code>{openai_api.BASE_PATH}/organization/…</code></li>"
            f"<li><code>{anthropic_api.BASE_PATH}/v1/organizations/…</code></li>"
            f"<li><code>{pagerduty_api.BASE_PATH}/incidents</code></li>"
            f"<li><code>{statuspage_api.BASE_PATH}/openai</code>, <code>…/anthropic</code></li>"
            '<li><a href="/slack">Slack channels</a></li>'
            '<li><a href="/_sandbox/faults">Faults</a></li></ul></body></html>'
        )

    return handle


async def _not_found(request: Request, _error: Exception) -> Response:
    """Unknown addresses answer in the envelope of the vendor whose they are."""
    error = ApiError(404, "not_found_error", f"There is nothing at {request.url.path}.")
    if request.url.path.startswith(anthropic_api.BASE_PATH + "/"):
        body = {"type": error.kind, "message": error.message}
        return json_response({"type": "error", "error": body, "request_id": None}, 404)
    if request.url.path.startswith(pagerduty_api.BASE_PATH + "/"):
        return json_response({"error": {"message": "Not Found", "code": 2100}}, 404)
    body_openai = {
        "message": error.message,
        "type": "invalid_request_error",
        "param": None,
        "code": "unknown_url",
    }
    return json_response({"error": body_openai}, 404)
