"""What a rule would have done in the past."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fired:
    """One alert that would have been opened, and when it would have ended; None while it would still be open."""

    opened_at: datetime
    title: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """The alerts of the `days` before now, oldest first."""

    days: int
    fired: tuple[Fired, ...]

    def sentence(self) -> str:
        """`It would have fired 3 times in 90 days.`"""
        number = len(self.fired)
        told = {0: "not have fired", 1: "have fired once"}.get(number, f"have fired {number:,} times")
        return f"It would {told} in {self.days} days."


def in_order(days: int, fired: Iterable[Fired]) -> Past:
    """The alerts by when they opened."""
    return Past(days, tuple(sorted(fired, key=lambda one: (one.opened_at, one.title))))
