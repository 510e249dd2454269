"""How Jira writes the company's tickets, as of a moment: what has not happened yet is not told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.delivery import CompanySpec
from sandbox.delivery_tickets import Ticket

BACKLOG, APPROVED, STARTED, DONE = "Backlog", "Approved", "In Progress", "Done"
STATUSES = {
    BACKLOG: ("1", "new"),
    APPROVED: ("2", "indeterminate"),
    STARTED: ("3", "indeterminate"),
    DONE: ("4", "done"),
}
"""Name → id and category."""


@dataclass(frozen=True)
class JiraTicket:
    """One issue of any of the projects. `moves` are (moment, status), oldest first; it begins in the backlog."""

    number: int
    key: str
    created_at: datetime
    kind: str
    moves: tuple[tuple[datetime, str], ...]
    component: str | None = None
    labels: tuple[str, ...] = ()
    priority: str | None = None
    resolution: str | None = None

    @property
    def issue_id(self) -> str:
        return str(20_000 + self.number)

    def record(self, fields: Collection[str], now: datetime) -> dict[str, Any]:
        """One issue of a search, with the fields asked for."""
        status = self._status(now)
        is_done = status == DONE
        ended = [moment for moment, name in self.moves if name == DONE and moment <= now]
        known: dict[str, Any] = {
            "summary": f"Something about {self.component or self.kind}",
            "created": jira_time(self.created_at),
            "status": {"name": status, "statusCategory": {"key": STATUSES[status][1]}},
            "resolution": {"name": self.resolution} if is_done and self.resolution else None,
            "resolutiondate": jira_time(ended[-1]) if is_done else None,
            "labels": list(self.labels),
            "components": [{"name": self.component}] if self.component else [],
            "issuetype": {"name": self.kind},
            "priority": {"name": self.priority} if self.priority else None,
        }
        issue = {"id": self.issue_id, "key": self.key}
        return issue | {"fields": {name: known[name] for name in fields if name in known}} if fields else issue

    def changes(self, now: datetime) -> dict[str, Any]:
        """Its changes of status, oldest first."""
        before, histories = BACKLOG, []
        for place, (moment, name) in enumerate(self.moves):
            if moment > now:
                break
            item = {
                "fieldId": "status",
                "from": STATUSES[before][0],
                "fromString": before,
                "to": STATUSES[name][0],
                "toString": name,
            }
            histories.append({"id": f"{self.number}{place}", "created": jira_time(moment), "items": [item]})
            before = name
        return {"issueId": self.issue_id, "changeHistories": histories}

    def _status(self, now: datetime) -> str:
        return next((name for moment, name in reversed(self.moves) if moment <= now), BACKLOG)


def of_spec(number: int, spec: CompanySpec) -> JiraTicket:
    """A specification is done when it is released."""
    moves = [(spec.started_at, STARTED), (spec.done_at, DONE)]
    if spec.approved_at:
        moves.insert(0, (spec.approved_at, APPROVED))
    return JiraTicket(number, spec.key, spec.created_at, "Story", tuple(moves), spec.feature, resolution="Done")


def of_ticket(number: int, ticket: Ticket, kind: str) -> JiraTicket:
    """A defect or a request."""
    moves = [(ticket.reopened_at[0], DONE), (ticket.reopened_at[1], STARTED)] if ticket.reopened_at else []
    if ticket.ended_at:
        moves.append((ticket.ended_at, DONE))
    return JiraTicket(
        number, ticket.key, ticket.created_at, kind, tuple(moves), ticket.feature, ticket.labels, ticket.priority,
        ticket.resolution,
    )  # fmt: skip


def status_records() -> list[dict[str, Any]]:
    """`GET /rest/api/3/status`."""
    return [
        {"id": number, "name": name, "statusCategory": {"key": category}}
        for name, (number, category) in STATUSES.items()
    ]


def jira_time(moment: datetime) -> str:
    """As Jira writes it: milliseconds, and an offset without a colon."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
