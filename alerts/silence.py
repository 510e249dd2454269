"""Snoozes, mutes and maintenance: alerts of which nobody is told for a while, and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.base import Finding
from alerts.routing import Subject
from alerts.transition import Change
from alerts.wording import moment
from store.tables import Alert, AlertSilence

SNOOZE, MUTE, MAINTENANCE = "snooze", "mute", "maintenance"

MATCHERS = ("fingerprint", "rule", "team", "feature", "provider", "service")
"""What a silence may name; an alert must fit everything it names."""

_WORDS: Mapping[str, str] = {SNOOZE: "Snoozed", MUTE: "Muted", MAINTENANCE: "In maintenance"}


def is_active(silence: AlertSilence, now: datetime) -> bool:
    """True in `[starts_at, ends_at)`, unless a person ended it before."""
    ended = silence.ended_at is not None and silence.ended_at <= now
    return silence.starts_at <= now < silence.ends_at and not ended


def said(silence: AlertSilence) -> tuple[str, str]:
    """Its kind, and until when, by whom and why: `Snoozed`, `until 23 Nov 2026 08:00 UTC by Ana: known`."""
    return _WORDS[silence.kind], f"until {moment(silence.ends_at)} by {silence.created_by}: {silence.reason}"


def covering(silences: Sequence[AlertSilence], fingerprint: str, subject: Subject, now: datetime) -> list[AlertSilence]:
    """Those that hold for an alert now: mutes and maintenance before snoozes, the one that ends last first."""
    fitting = [one for one in silences if is_active(one, now) and _fits(one, fingerprint, subject)]
    return sorted(fitting, key=lambda one: (one.kind == SNOOZE, -one.ends_at.timestamp(), one.silence_id))


def _fits(silence: AlertSilence, fingerprint: str, subject: Subject) -> bool:
    named = {name: value for name in MATCHERS if (value := getattr(silence, name)) is not None}
    if named.pop("fingerprint", fingerprint) != fingerprint:
        return False
    return all(subject.value(name) == value for name, value in named.items())


def hush(
    before: Alert | None, alert: Alert, active: Sequence[AlertSilence], finding: Finding | None
) -> tuple[Change | None, list[AlertSilence]]:
    """What becomes of an open alert under the silences that cover it, the change's alert being the one that counts;
    and the snoozes that end by it.

    What rises to a page, or opens as one, breaks a snooze: whoever snoozed it did not know that. `before` is the alert
    as it was before this check, None for a new one.
    """
    rises = alert.severity == "page" and (before is None or before.severity != "page")
    broken = [one for one in active if rises and one.kind == SNOOZE]
    holding = next((one for one in active if one not in broken), None)
    if holding is None and alert.silence_id is None:
        return None, broken
    if holding is None:
        reason = "It is a page now." if broken else None
        return Change("unsilenced", replace(alert, silence_id=None), finding, reason=reason), broken
    if holding.silence_id == alert.silence_id:
        return None, broken
    told = replace(alert, silence_id=holding.silence_id)
    return Change("silenced", told, finding, actor=holding.created_by, reason=holding.reason), broken
