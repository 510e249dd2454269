"""From what a tracker says of a ticket to a row of a defect: who reported it, how grave it is, whether it is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from collectors.base import Api
from collectors.owners import matches
from collectors.tracker_settings import TrackerSettings
from store.tables import Defect

Gravity = Literal["critical", "high", "medium", "low"]
Reporter = Literal["customer", "internal"]

OPEN, RESOLVED, DECLINED, DUPLICATE = "open", "resolved", "declined", "duplicate"

PRIORITIES: dict[str, Gravity] = {
    "blocker": "critical",
    "critical": "critical",
    "highest": "critical",
    "urgent": "critical",
    "high": "high",
    "major": "high",
    "medium": "medium",
    "moderate": "medium",
    "low": "low",
    "lowest": "low",
    "minor": "low",
    "trivial": "low",
}
"""What trackers usually call how grave a ticket is; labels are read by `severities` only."""


class DefectSettings(TrackerSettings):
    """Globs of labels, components and types say what a ticket is, whatever their case. `ai`: name of a rule → globs.

    `customer` and `internal` say who reported it, `reported_by` where neither does; `severities`: glob of a label or a
    priority → severity; `duplicates` and `declined` also match the resolution. `ai_related` holds where no rule does.
    """

    ai: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    ai_related: bool | None = None
    customer: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    reported_by: Reporter | None = None
    severities: dict[str, Gravity] = Field(default_factory=dict)
    duplicates: tuple[str, ...] = ("duplicate",)
    declined: tuple[str, ...] = (
        "not_planned",
        "canceled",
        "declined",
        "invalid",
        "wontfix",
        "won't do",
        "won't fix",
        "cannot reproduce",
        "not a bug",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket, as any tracker tells of it. `names` are its labels, components, types and where it is."""

    key: str
    reported_at: datetime
    names: tuple[str, ...]
    is_open: bool
    resolution: str | None = None
    priority: str | None = None
    resolved_at: datetime | None = None
    reopened_count: int | None = None
    url: str | None = None


def defect_row(api: Api, ticket: Ticket) -> Defect:
    """The defect that a ticket is."""
    settings: DefectSettings = api.settings
    owner = settings.owner_of(ticket.names)
    rule = next((name for name, globs in settings.ai.items() if _any(globs, ticket.names)), None)
    otherwise = settings.ai_related if owner.ai_related is None else owner.ai_related
    status = _status(settings, ticket)
    return Defect(
        source=api.name,
        defect_id=ticket.key,
        reported_at=ticket.reported_at,
        status=status,
        severity=_severity(settings, ticket),
        reported_by=_reporter(settings, ticket.names),
        ai_related=True if rule else otherwise,
        matched_by=rule,
        feature=owner.feature,
        team=owner.team,
        service=owner.name,
        resolved_at=None if status == OPEN else ticket.resolved_at,
        reopened_count=ticket.reopened_count,
        url=ticket.url,
    )


def _status(settings: DefectSettings, ticket: Ticket) -> str:
    words = (*ticket.names, ticket.resolution) if ticket.resolution else ticket.names
    if _any(settings.duplicates, words):
        return DUPLICATE
    if _any(settings.declined, words):
        return DECLINED
    return OPEN if ticket.is_open else RESOLVED


def _severity(settings: DefectSettings, ticket: Ticket) -> str | None:
    words = (*ticket.names, ticket.priority) if ticket.priority else ticket.names
    told = next((severity for glob, severity in settings.severities.items() if matches(glob, words)), None)
    return told or PRIORITIES.get((ticket.priority or "").casefold())


def _reporter(settings: DefectSettings, names: tuple[str, ...]) -> str | None:
    if _any(settings.customer, names):
        return "customer"
    return "internal" if _any(settings.internal, names) else settings.reported_by


def _any(globs: Iterable[str], names: Iterable[str]) -> bool:
    known = tuple(names)
    return any(matches(glob, known) for glob in globs)
