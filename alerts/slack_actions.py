"""Presses of buttons, as Slack's payloads tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts.offers import OFFERED


@dataclass(frozen=True, slots=True)
class Press:
    """One button that somebody pressed, and where: `user_id`, `channel` and `ts` are Slack's own ids."""

    alert_id: str
    action: str
    who: str
    user_id: str
    channel: str
    ts: str


def presses(payload: Mapping[str, Any]) -> list[Press]:
    """The presses of a `block_actions` payload that mean something to us; a button that only opens a page does not."""
    if payload.get("type") != "block_actions":
        return []
    user, container = payload.get("user") or {}, payload.get("container") or {}
    known = {offer.action for offer in OFFERED}
    return [
        Press(
            alert_id=str(action["value"]),
            action=str(action["action_id"]),
            who=str(user.get("name") or user.get("username") or user.get("id") or "somebody"),
            user_id=str(user.get("id") or ""),
            channel=str(container.get("channel_id") or ""),
            ts=str(container.get("message_ts") or ""),
        )
        for action in payload.get("actions") or []
        if action.get("action_id") in known and action.get("value")
    ]
