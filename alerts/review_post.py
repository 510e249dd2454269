"""The weekly review as a message: its headline, what is off track, a picture of the scorecard. Told once a week."""

from dataclasses import dataclass
from datetime import datetime

from alerts import once
from alerts.notice import Item, Notice, Pairs
from alerts.routing import Routing
from alerts.scoreboard import Scoreboard
from alerts.sink import Destination
from config.settings import Settings
from store.engine import Store


@dataclass(frozen=True, slots=True)
class ReviewPost:
    """A closed week in words, plain text. `counts` are KPIs by status, `concerns` what is off track or at risk, each
    with a link to its KPI; `link` leads to the whole review."""

    week: str
    title: str
    headline: str
    counts: Pairs
    concerns: tuple[Item, ...]
    board: Scoreboard
    link: str

    def text(self) -> str:
        """For a terminal."""
        counts = ", ".join(f"{label}: {number}" for label, number in self.counts)
        return "\n".join([self.title, "", self.headline, counts, "", *(one.text for one in self.concerns), self.link])


def key_of(destination: str, week: str) -> str:
    """What stands for the alert of a review: one week at one destination."""
    return f"review:{destination}:{week}"


def destination_of(settings: Settings, routing: Routing) -> Destination | str | None:
    """Where the review goes, or what is wrong with it; None when the settings name none."""
    name = settings.review.to
    return None if name is None else once.destination_named(name, "review", routing)


def is_told(store: Store, destination: str, week: str) -> bool:
    """True when the review of that week was decided already, whatever became of its message. Raises StoreError."""
    return once.is_told(store, key_of(destination, week))


def tell(store: Store, destination: Destination, post: ReviewPost, now: datetime) -> bool:
    """Puts it into the outbox; False when that week was told there already. Raises StoreError."""
    notice = Notice(
        fingerprint=key_of(destination.name, post.week),
        transition="digest",
        severity="info",
        is_open=True,
        title=post.title,
        lead="",
        summary=post.headline,
        fields=post.counts,
        since=now,
        runbook="",
        link=post.link,
        chart=post.board,
        items=post.concerns,
    )
    return once.tell_once(store, destination, notice, now)
