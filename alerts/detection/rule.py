"""A rule over judged days: asks for incidents, who owns them and what they cost, then why and what else happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from alerts.base import Finding, Row, Rule, Situation
from alerts.detection.drawn import drawn
from alerts.detection.early import HOURS, early_findings
from alerts.detection.findings import COSTS, DAYS, SCOPES
from alerts.detection.happened import happened
from alerts.detection.incidents import incidents_of
from alerts.detection.stakes import stakes
from alerts.detection.terms import Terms, name_of
from domain.change_sentence import explain_in_words
from domain.compared import with_same_weekdays
from domain.explanation import Explanation
from queries.explain import explain
from queries.promises import Ask
from store.anomalies import HOURS_KEPT

LOOKED_BACK = timedelta(days=35)
"""An incident without an alerting day for so long is history, even of a source that is late."""
OWNED = timedelta(days=28)
EXPLAINED = 5
"""So many of the largest are explained: an explanation reads the items of five weeks."""
EXPLAINABLE = ("organization", "team", "feature", "model", "provider")


@dataclass(frozen=True, slots=True)
class AnomalyRule(Rule):
    """`find` is pure, as of any rule. Its incidents are of the metrics in `terms`; it sees those of `yields_to` too.

    With `explains` a firing finding says by what volume, mix, tokens, cache and price its cost moved.
    """

    terms: Mapping[str, Terms] = field(kw_only=True)
    yields_to: frozenset[str] = field(default=frozenset(), kw_only=True)
    explains: bool = field(default=False, kw_only=True)

    def examine(self, ask: Ask, situation: Situation) -> list[Finding]:
        """Asks for incidents and warning hours; without any there is nothing else to ask."""
        days = ask(DAYS, since=situation.today - LOOKED_BACK, metrics=(*self.terms, *self.yields_to)).rows()
        hours = ask(HOURS, since=situation.now - HOURS_KEPT, metrics=tuple(self.terms)).rows()
        if not days and not hours:
            return []
        currency = situation.settings.organization.currency
        end = situation.today
        scopes = ask(SCOPES, start=end - OWNED, end=end, currency=currency).rows()
        start = min([*(row["day"] for row in days), end - OWNED])
        asked = sorted({row["scope"] for row in days} | {""})
        costs = ask(COSTS, start=start, end=end, currency=currency, scopes=asked).rows()
        found = self.find({DAYS: days, SCOPES: scopes, COSTS: costs}, situation)
        names = {(row["scope_type"], row["scope"]): row for row in scopes}
        worth = stakes(costs, end, situation.settings)
        open_now = {
            (one.metric, *one.series) for one in incidents_of(days) if not one.is_over and one.metric in self.terms
        }
        early = early_findings(hours, situation, self.terms, names, worth, open_now)
        return [*self._with_reasons(ask, found, names, currency), *early]

    def _with_reasons(
        self, ask: Ask, found: Sequence[Finding], names: Mapping[tuple[str, str], Row], currency: str
    ) -> list[Finding]:
        firing = sorted((one for one in found if one.state == "firing"), key=lambda one: -(one.impact_cost or 0))
        told = {one.fingerprint: self._with_reason(ask, one, names, currency) for one in firing[:EXPLAINED]}
        return [told.get(one.fingerprint, one) if one.state == "firing" else one for one in found]

    def _with_reason(self, ask: Ask, one: Finding, names: Mapping[tuple[str, str], Row], currency: str) -> Finding:
        scope_type, scope = str(one.facts["scope_type"]), str(one.facts["scope"])
        first, last = one.facts["started_on"], one.facts["last_on"]
        assert isinstance(first, date)
        assert isinstance(last, date)
        why: Explanation | None = None
        if self.explains and scope_type in EXPLAINABLE:
            compared = with_same_weekdays(first, last + timedelta(days=1))
            filters = {} if scope_type == "organization" else {scope_type: (scope,)}
            why = explain(ask, compared, currency, filters)
        told = happened(ask, (scope_type, scope), first, last, why, names)
        subject = f"Cost of {name_of(names, (scope_type, scope))}"
        chart = drawn(ask, one.title, str(one.facts["metric"]), (scope_type, scope), first, last)
        return replace(one, why=(explain_in_words(why, subject),) if why else (), happened=told, chart=chart)
