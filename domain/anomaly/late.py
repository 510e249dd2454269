"""Data that come late: recent days are scored again, and an alert that no longer holds is withdrawn."""

from dataclasses import dataclass

from domain.anomaly.daily import Past
from domain.anomaly.robust import Flags

RESCORED_DAYS = 3
"""Providers revise a day for about this long."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """Series × days: alerts that are new, that still hold, and that late data took back."""

    opened: Flags
    kept: Flags
    withdrawn: Flags


def before_rescoring(past: Past) -> Past:
    """The same without the last three days, which tonight scores again."""
    return past.until(max(0, past.error.shape[1] - RESCORED_DAYS))


def rescored(before: Flags, after: Flags) -> Rescored:
    """What became of the alerts of the same days; a day without alert and without one now is in none of the three."""
    return Rescored(opened=after & ~before, kept=after & before, withdrawn=before & ~after)
