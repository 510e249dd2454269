"""More of the bill than agreed belongs to nobody. One alert for the organisation."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from alerts import pages
from alerts.base import Finding, Row, Rule, Situation
from alerts.wording import percent
from domain.wording import listed, money

QUERY = "alert/unattributed"

DAYS = 7
"""A whole week, so that weekdays weigh alike; a bill is often two days late, so the newest days are left out."""
LATE_DAYS = 2
NAMED_KEYS = 3
FINGERPRINT = "unattributed"


def _params(situation: Situation) -> dict[str, Any]:
    end = situation.today - timedelta(days=LATE_DAYS)
    return {
        "previous_start": end - timedelta(days=2 * DAYS),
        "start": end - timedelta(days=DAYS),
        "end": end,
        "currency": situation.settings.organization.currency,
    }


def find(rows: Mapping[str, Sequence[Row]], situation: Situation) -> list[Finding]:
    """One finding: firing while the share without an owner is above the setting; pending while no bill tells."""
    whole = rows[QUERY][0]
    billed, unowned = whole["billed_cost"], whole["unowned_cost"]
    if billed <= 0:
        return [_unknown()]
    allowed = situation.settings.alerts.unattributed_percent
    currency = situation.settings.organization.currency
    is_over = unowned * 100 > allowed * billed
    before = _share(whole["previous_unowned_cost"], whole["previous_cost"])
    amounts = f"{money(unowned, currency)} of {money(billed, currency)}"
    keys = [row for row in rows[QUERY] if row["provider"] is not None and row["key_cost"] > 0][:NAMED_KEYS]
    named = listed([f"{_key(row)} with {money(row['key_cost'], currency)}" for row in keys])
    return [
        Finding(
            fingerprint=FINGERPRINT,
            state="firing" if is_over else "over",
            severity="ticket",
            level=1 + int(unowned * 100 / billed) // 10,
            title=f"{percent(unowned / billed)} of the bill belongs to nobody",
            summary=f"{amounts} that the last {DAYS} known days cost belongs to no feature: "
            f"{percent(unowned / billed)}, {before} the week before; {allowed}% is agreed."
            + (f" Most of it: {named}. Add rules for them to attribution.toml." if is_over and named else ""),
            facts={"unowned_cost": unowned, "billed_cost": billed, "allowed_percent": allowed, "currency": currency},
            fields=(("Without an owner", money(unowned, currency)), ("The week before", before)),
            page_path=pages.unattributed(),
            impact_cost=unowned,
            currency=currency,
            impact_ratio=unowned / billed,
            impact_of="the bill",
            parts=tuple((_key(row), row["key_cost"] / unowned) for row in keys) if unowned > 0 else (),
        )
    ]


def _unknown() -> Finding:
    """A bill that is late says nothing of its owners: an open alert stays, and none opens."""
    title = "Nothing was billed"
    return Finding(
        fingerprint=FINGERPRINT,
        state="pending",
        severity="ticket",
        level=1,
        title=title,
        summary=f"{title} in the last {DAYS} known days.",
        facts={},
    )


def _share(part: Decimal, whole: Decimal) -> str:
    return percent(part / whole) if whole > 0 else "nothing"


def _key(row: Row) -> str:
    """The key as a rule of attribution.toml would name it."""
    told = [f"{name} {row[name]}" for name in ("project_id", "api_key_id") if row[name]]
    return f"{row['provider']} {' '.join(told)}".rstrip()


RULE = Rule("unattributed_share", every="1h", queries={QUERY: _params}, find=find, kind="cost")
