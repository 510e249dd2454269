"""How often a rule would have fired: the stored history, told again day by day."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.base import Finding, Rule, Situation
from alerts.leaves import parted
from alerts.lifecycle import REOPEN_WITHIN, decide
from alerts.past import Fired, Past, in_order
from alerts.transition import OPEN
from queries.promises import Ask
from store.tables import Alert

DAYS = 90
"""A quarter: long enough for a month's end and a holiday, and recent enough to speak of the coming weeks."""


def replayed(rule: Rule, ask: Ask, situation: Situation, days: int = DAYS) -> Past | None:
    """The rule asked once for each of the last days, at this time of the day, each answer after the one before.

    It reads what is known today of that day, so late data and changed settings are in it. None for a rule that goes by
    the present only.
    """
    if rule.past is not None:
        return rule.past(ask, situation, days)
    if not rule.knows_its_past:
        return None
    story = _Story(rule.name)
    for ago in range(days, -1, -1):
        now = situation.now - timedelta(days=ago)
        story.go_on(rule.examine(ask, replace(situation, now=now)), now)
    return in_order(days, story.fired.values())


class _Story:
    """Alerts as they would have been, one check after another. `fired` is by alert."""

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._known: dict[str, Alert] = {}
        self.fired: dict[str, Fired] = {}

    def go_on(self, findings: list[Finding], now: datetime) -> None:
        """What one check finds."""
        self._known = {name: alert for name, alert in self._known.items() if _may_come_back(alert, now)}
        for change in decide(self._known, parted({self._rule: findings}, self._known), (), now):
            alert = change.alert
            self._known[alert.fingerprint] = alert
            is_open = alert.status in OPEN
            title = alert.title if is_open else self.fired[alert.alert_id].title
            self.fired[alert.alert_id] = Fired(alert.opened_at, title, None if is_open else now)


def _may_come_back(alert: Alert, now: datetime) -> bool:
    return alert.resolved_at is None or now - alert.resolved_at <= REOPEN_WITHIN
