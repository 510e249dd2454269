"""Mutes and maintenance: begins and ends silences of many alerts at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy.engine import Connection

from alerts import ledger
from alerts.discovery import rules as discovered_rules
from alerts.record import record_of
from alerts.routing import Routing
from alerts.settle import settle
from alerts.silence import MAINTENANCE, MATCHERS, MUTE
from alerts.wording import moment
from config.settings import Settings, SettingsError
from store import audit
from store.engine import Store
from store.tables import AlertSilence

ID_CHARACTERS = 6
"""So much of an id is enough where it is the only one that begins so."""


def mute(
    store: Store,
    settings: Settings,
    routing: Routing,
    matchers: Mapping[str, str],
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: str,
    now: datetime,
    is_maintenance: bool = False,
) -> AlertSilence:
    """Silences every alert that fits all `matchers`, also those that open later, in `[starts_at, ends_at)`.

    Raises SettingsError, StoreError.
    """
    unknown = matchers.keys() - set(MATCHERS)
    if unknown or not matchers:
        raise SettingsError(f"Say what is to be silent by at least one of {', '.join(MATCHERS)}.")
    if ends_at <= max(starts_at, now):
        raise SettingsError("It would end before it begins, or is over already; give a later end.")
    if not reason.strip():
        raise SettingsError("Say why, so that others know; give a reason.")
    silence = AlertSilence(
        silence_id=uuid4().hex,
        kind=MAINTENANCE if is_maintenance else MUTE,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        created_by=by,
        created_at=now,
    )
    for name, value in matchers.items():
        setattr(silence, name, value)
    with store.write() as connection:
        ledger.add_silence(connection, silence)
        named = ", ".join(f"{name} {value}" for name, value in sorted(matchers.items()))
        detail = f"{named}, {moment(silence.starts_at)} to {moment(silence.ends_at)}: {silence.reason}"
        audit.note(connection, by, silence.kind, f"silence/{silence.silence_id}", now, detail)
        _resettle(connection, settings, routing, by, now)
    return silence


def unmute(store: Store, settings: Settings, routing: Routing, silence_id: str, by: str, now: datetime) -> AlertSilence:
    """Ends a silence early; what is still open and silent no more is told. Raises SettingsError, StoreError."""
    with store.write() as connection:
        held = [one for one in ledger.unended_silences(connection, now) if one.silence_id.startswith(silence_id)]
        if len(held) != 1 or len(silence_id) < ID_CHARACTERS:
            raise SettingsError(
                f"No single silence that holds or will hold has the id {silence_id!r}; "
                "python -m burnline alerts silences lists them."
            )
        ledger.end_silences(connection, [held[0].silence_id], now)
        audit.note(connection, by, f"ended {held[0].kind}", f"silence/{held[0].silence_id}", now)
        _resettle(connection, settings, routing, by, now)
    return held[0]


def _resettle(connection: Connection, settings: Settings, routing: Routing, by: str, now: datetime) -> None:
    """Looks at every open alert anew."""
    alerts = {alert.alert_id: alert for alert in ledger.open_alerts(connection)}
    record = record_of(connection, discovered_rules(), alerts.values(), now)
    settle(connection, record, routing, settings, [], alerts, by=by)
