"""The providers' public status pages: Anthropic's as Statuspage serves it, OpenAI's as incident.io imitates it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.catalog import ANTHROPIC, OPENAI
from sandbox.company import Company
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.provider_incidents import COMPONENTS, ProviderIncident, live_incident, provider_incidents
from sandbox.streams import fake_id
from sandbox.timeline import rfc3339
from sandbox.vendor_http import error_headers, fail_sometimes, html_error

BASE_PATH = "/status"
"""The page of a provider is at BASE_PATH/<provider>; the vendors have hosts of their own."""

NEWEST = 50
"""A page lists no more incidents than that."""

NAMES = {OPENAI: "OpenAI", ANTHROPIC: "Claude"}


def statuspage_routes(
    company: Company, now: Callable[[], datetime], faults: Faults, live_from: datetime | None = None
) -> list[Route]:
    """The JSON of both providers' pages; `live_from` is when a short incident of today begins."""
    pages = {provider: _Page(company, provider, live_from) for provider in NAMES}

    def route(name: str, answer: Callable[[_Page, datetime], dict[str, Any]]) -> Route:
        async def endpoint(request: Request) -> Response:
            page = pages.get(request.path_params["provider"])
            if page is None:
                return HTMLResponse("<html><body><h1>404</h1></body></html>", 404)
            try:
                fail_sometimes(faults)
            except ApiError as error:
                return Response(html_error(error).body, error.status, error_headers(error, faults), "text/html")
            if faults.malformed_page:
                return HTMLResponse("<html><body>This page has moved.</body></html>")
            body = orjson.dumps({"page": page.head(now()), **answer(page, now())})
            return Response(body[: len(body) // 2] if faults.truncated_body else body, media_type="application/json")

        return Route(f"{BASE_PATH}/{{provider}}/api/v2/{name}.json", endpoint, methods=["GET"])

    return [
        route("incidents", lambda page, moment: {"incidents": page.incidents(moment)[:NEWEST]}),
        route("incidents/unresolved", lambda page, moment: {"incidents": page.unresolved(moment)}),
        route("components", lambda page, moment: {"components": page.components(moment)}),
        route("status", lambda page, moment: {"status": page.status(moment)}),
        route(
            "summary",
            lambda page, moment: {
                "status": page.status(moment),
                "components": page.components(moment),
                "incidents": page.unresolved(moment),
                "scheduled_maintenances": [],
            },
        ),
        route("scheduled-maintenances", lambda _page, _moment: {"scheduled_maintenances": []}),
    ]


class _Page:
    """One provider's page."""

    def __init__(self, company: Company, provider: str, live_from: datetime | None) -> None:
        self._seed = company.seed
        self._provider = provider
        known = [*provider_incidents(company.seed, company.anchor, provider)]
        if live_from is not None and provider == ANTHROPIC:
            known.append(live_incident(company.seed, live_from))
        self._known = sorted(known, key=lambda one: one.started_at)

    def head(self, now: datetime) -> dict[str, Any]:
        """What every answer begins with."""
        return {
            "id": fake_id(self._seed, "", self._provider, 12),
            "name": NAMES[self._provider],
            "url": f"https://status.{self._provider}.example",
            "updated_at": _text(now),
        }

    def incidents(self, now: datetime) -> list[dict[str, Any]]:
        """As known at `now`, newest first."""
        return [self._record(one, now) for one in reversed(self._known) if one.started_at <= now]

    def unresolved(self, now: datetime) -> list[dict[str, Any]]:
        """Those that are not over."""
        return [record for record in self.incidents(now) if record["status"] != "resolved"]

    def components(self, now: datetime) -> list[dict[str, Any]]:
        """Each component and whether an incident touches it."""
        hit = {name for one in self._known if one.started_at <= now < one.monitoring_at for name in one.components}
        return [
            {"id": self._id(name), "name": name, "status": "partial_outage" if name in hit else "operational"}
            for name in COMPONENTS[self._provider]
        ]

    def status(self, now: datetime) -> dict[str, Any]:
        """The indicator of the whole page."""
        rank = ("none", "minor", "major", "critical")
        impacts = [record["impact"] for record in self.unresolved(now)]
        worst = max(impacts, key=rank.index, default="none")
        return {"indicator": worst, "description": "All systems operational" if worst == "none" else "Degraded"}

    def _id(self, name: str) -> str:
        return fake_id(self._seed, "", f"{self._provider}/{name}", 12)

    def _record(self, incident: ProviderIncident, now: datetime) -> dict[str, Any]:
        """incident.io's page leaves out what Statuspage's has: the end, the components, the texts."""
        is_statuspage = self._provider == ANTHROPIC
        steps = (
            ("investigating", incident.started_at),
            ("identified", incident.identified_at),
            ("monitoring", incident.monitoring_at),
            ("resolved", incident.resolved_at),
        )
        reached = [(status, moment) for status, moment in steps if moment <= now]
        named = [{"id": self._id(name), "name": name, "status": "operational"} for name in incident.components]
        times = dict(reached)
        return {
            "id": incident.incident_id,
            "name": incident.name,
            "status": reached[-1][0],
            "impact": incident.impact,
            "created_at": _text(incident.started_at),
            "started_at": _text(incident.started_at),
            "updated_at": _text(reached[-1][1]),
            "monitoring_at": _text(times.get("monitoring")) if is_statuspage else None,
            "resolved_at": _text(times.get("resolved")) if is_statuspage else None,
            "shortlink": f"https://status.{self._provider}.example/i/{incident.incident_id}",
            "page_id": fake_id(self._seed, "", self._provider, 12),
            "incident_updates": [
                {
                    "id": f"{incident.incident_id}-{status}",
                    "status": status,
                    "body": f"{incident.name}: {status}." if is_statuspage else "",
                    "created_at": _text(moment),
                    "display_at": _text(moment),
                    "affected_components": [{"code": one["id"], "name": one["name"]} for one in named],
                }
                for status, moment in reversed(reached)
            ],
            "components": named if is_statuspage else [],
        }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(int(moment.timestamp()))
