"""What a report of the weekly review is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app import promised
from app import review as words
from app.frozen import Frozen, as_closed, frozen
from config.settings import Settings
from queries.kpis import Ask, Review
from queries.runner import Result

SCOPES = ("all", "tier", "team", "feature")
"""Of whom a closed week is on record."""


@dataclass(frozen=True)
class Content:
    """A week with all that was said of it. `review` is as the week was closed, a narrowed one as it is known now.

    `frozen` is empty while the week is not closed. `made_at` is aware UTC.
    """

    organization: str
    currency: str
    timezone: str
    review: Review
    frozen: Mapping[str, Frozen]
    comments: Result
    actions: Result
    snapshots: Sequence[Result]
    made_at: datetime

    @property
    def file_name(self) -> str:
        """Without its ending: `burnline-review-2026-W47`."""
        return f"burnline-review-{self.review.week.name}"

    @property
    def title(self) -> str:
        """`Weekly review 2026-W47 · 16–22 Nov 2026`."""
        return f"Weekly review {words.week_label(self.review.week)}"

    def said(self, kpi: str) -> list[Mapping[str, Any]]:
        """Comments on a KPI of this week, newest first."""
        return [one for one in self.comments.rows() if one["kpi"] == kpi]

    def promised(self, kpi: str) -> list[Mapping[str, Any]]:
        """Promises about a KPI, what is due first on top."""
        return [one for one in self.actions.rows() if one["kpi"] == kpi]


def gather(ask: Ask, found: Review, settings: Settings, now: datetime) -> Content:
    """Asks for what was said, promised and closed beside a review as it is known now. Raises QueryError, StoreError."""
    week, currency = found.week, settings.organization.currency
    snapshots = [ask("kpi/snapshots", start=week.start_on, end=week.end_on, scope_type=scope) for scope in SCOPES]
    closed = [] if found.filters.given() else snapshots[0].rows()
    told: dict[str, Frozen] = {}
    if closed:
        restated = ask("ops/restatements", since=closed[0]["closed_at"].replace(tzinfo=UTC))
        told = frozen(found.rows, closed, restated.rows(), currency)
    tiers = snapshots[SCOPES.index("tier")].rows()
    return Content(
        organization=settings.organization.name,
        currency=currency,
        timezone=settings.organization.timezone,
        review=as_closed(found, closed, tiers),
        frozen=told,
        comments=ask("kpi/comments", start=week.start_on, end=week.end_on),
        actions=ask("kpi/actions", since=promised.since(week)),
        snapshots=snapshots,
        made_at=now,
    )
