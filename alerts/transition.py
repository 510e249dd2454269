"""What can happen to an alert, and how each is told. Every transition is one row of `alert_event`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alerts.base import Finding
from store.tables import Alert

Transition = Literal[
    "opened",
    "worsened",
    "eased",
    "refreshed",
    "resolved",
    "withdrawn",
    "grouped",
    "reopened",
    "quiet",
    "returned",
    "joined",
    "escalated",
    "acknowledged",
    "silenced",
    "unsilenced",
    "useful",
    "not useful",
    "expected",
    "digest",
]

OPEN = ("open", "acknowledged")
"""The states of an alert that is not over."""
ENDED = ("resolved", "withdrawn")
"""The states of one that is."""

STATUS: Mapping[Transition, str] = {
    "opened": "open",
    "reopened": "open",
    "acknowledged": "acknowledged",
    "resolved": "resolved",
    "withdrawn": "withdrawn",
    "grouped": "resolved",
}
"""What an alert is after it; every other transition leaves the state as it was."""

ENDS: tuple[Transition, ...] = ("resolved", "withdrawn", "grouped")
STARTS: tuple[Transition, ...] = ("opened", "reopened")

THREADED: tuple[Transition, ...] = ("worsened", *ENDS, "reopened", "joined", "unsilenced")
"""What is said in the thread too; the others only change the root message."""
QUIET: tuple[Transition, ...] = (*ENDS, "eased", "joined", "acknowledged", "silenced")
"""What no new place needs to hear is told to those who know of the alert, and to nobody else."""
UNTOLD: tuple[Transition, ...] = ("useful", "not useful", "expected", "quiet", "returned")
"""Opinions are kept for the page and for detection, pauses of what comes and goes for the page."""
SHOWN_IN_SILENCE: tuple[Transition, ...] = (*ENDS, "reopened", "acknowledged", "silenced")
"""Nobody is told of a silenced alert, but a message that stands somewhere must not say what is no longer so."""


@dataclass(frozen=True, slots=True)
class Change:
    """One transition: the alert as it is after it, and the finding that caused it (None: none did).

    `actor` is the person who caused it, `reason` what that person wrote; of `joined` the titles of what is new in it.
    """

    transition: Transition
    alert: Alert
    finding: Finding | None
    actor: str | None = None
    reason: str | None = None
