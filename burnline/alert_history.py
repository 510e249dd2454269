"""How often the rules would have fired, for the command line and, kept in the store, for the page *Alerts*."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.base import Situation
from alerts.discovery import rules
from alerts.past import Past
from alerts.replay import DAYS, replayed
from alerts.wording import moment
from burnline.context import Context
from config.settings import SettingsError
from queries.runner import Result, run
from store import rule_pasts
from store.tables import RulePast

log = logging.getLogger(__name__)

SHOWN = 5
JUDGED_EVERY = timedelta(days=7)
"""Ninety days change little in one, and to ask them all takes up to minutes."""


@dataclass(frozen=True, slots=True)
class History:
    """A rule and what it would have done; None for one that goes by the present only."""

    rule: str
    past: Past | None

    def as_dict(self) -> dict[str, Any]:
        """For a script to read."""
        if self.past is None:
            return {"rule": self.rule, "days": None, "fired_count": None, "fired": None}
        fired = [{"opened_at": one.opened_at, "ended_at": one.ended_at, "title": one.title} for one in self.past.fired]
        return {"rule": self.rule, "days": self.past.days, "fired_count": len(fired), "fired": fired}

    def lines(self) -> list[str]:
        """For a person: the sentence, and the newest alerts."""
        if self.past is None:
            return [f"{self.rule}: it goes by the present only, so no earlier day can be judged by it."]
        newest = self.past.fired[-SHOWN:]
        return [f"{self.rule}: {self.past.sentence()}", *(f"  {moment(one.opened_at)} {one.title}" for one in newest)]


def histories(context: Context, now: datetime, rule: str | None, days: int) -> list[History]:
    """What each rule would have done in so many days. Raises SettingsError for an unknown rule."""
    known = rules()
    if rule is not None and rule not in known:
        raise SettingsError(f"There is no rule {rule!r}; the rules are {', '.join(known)}.")
    every = {source.name: source.every for source in context.sources}
    situation = Situation(now, context.settings, every, context.reference.slos)

    def ask(query: str, **params: Any) -> Result:
        return run(context.store, query, **params)

    chosen = known if rule is None else {rule: known[rule]}
    return [History(name, replayed(one, ask, situation, days)) for name, one in chosen.items()]


def keep_pasts(context: Context, found: Sequence[History], now: datetime) -> None:
    """Puts what the rules would have done on record. Raises StoreError."""
    judged = [
        RulePast(
            rule=one.rule,
            judged_at=now,
            days=one.past.days if one.past else DAYS,
            fired_count=len(one.past.fired) if one.past else None,
        )
        for one in found
    ]
    rule_pasts.keep(context.store, judged)


def judge_pasts(context: Context, now: datetime) -> int:
    """Judges the rules that nobody judged for a week, also those that are switched off; how many. Raises StoreError."""
    number = 0
    for rule in sorted(rules().keys() - rule_pasts.judged_since(context.store, now - JUDGED_EVERY)):
        try:
            found = histories(context, now, rule, DAYS)
        except Exception as error:  # one broken rule must not keep the others from being judged
            log.error("What the rule %s would have done cannot be told: %s", rule, error)  # noqa: TRY400
            log.debug("The backtest of %s failed", rule, exc_info=True)
            continue
        keep_pasts(context, found, now)
        number += 1
    return number
