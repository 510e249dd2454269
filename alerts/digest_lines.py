"""What the weekly digest says, one sentence per question; what nobody knows is said to be unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from alerts.base import Situation
from alerts.rules.source_stale import RULE as SOURCE_STALE
from alerts.wording import duration, moment, month
from config.settings import Settings
from domain.change_sentence import explain_in_words
from domain.closing import ENDED_DAYS
from domain.compared import Compared
from domain.explanation import Explanation
from domain.kpi.definition import Kpi
from domain.kpi.wording import JUDGED, headline
from domain.outlook import ORGANIZATION, Outlook, Verdict
from domain.slo.attainment import State
from domain.slo.definition import SloDefinition
from domain.weekly import WEEK
from domain.window import Window
from domain.wording import count, listed, money, size_percent
from queries import kpis
from queries.explain import explain
from queries.incident_clocks import incident_clocks
from queries.outlook import Budgets, budgets, scope_of
from queries.promises import Ask, known_to, promises

NAMED = 3
"""More names than these are a page."""
NEARLY_GONE = Fraction(1, 4)
"""An error budget of which less is left is at risk: at the pace that spent the rest, it does not last."""
MEMORY = timedelta(days=365)
"""An organisation without an incident for so long has most likely connected none."""
IN_DANGER: tuple[Verdict, ...] = ("exceeded", "will not hold", "at risk")


@dataclass(frozen=True, slots=True)
class Given:
    """What a digest is made from: questions to the store, and the Monday of the week that it is about."""

    ask: Ask
    settings: Settings
    now: datetime
    monday: date
    slos: Sequence[SloDefinition] = ()
    source_every: Mapping[str, timedelta] = field(default_factory=dict)
    kpis: Sequence[Kpi] = ()

    @property
    def currency(self) -> str:
        """The organisation's."""
        return self.settings.organization.currency

    @property
    def week(self) -> Window:
        """Its seven UTC days."""
        return Window(_midnight(self.monday), _midnight(self.monday + WEEK))

    @property
    def month(self) -> tuple[date, date]:
        """The UTC month of now."""
        start = self.now.date().replace(day=1)
        return start, (start + timedelta(days=32)).replace(day=1)

    @property
    def billing_since(self) -> date:
        """Who has no cost since then does not bill any more."""
        return self.now.date() - timedelta(days=ENDED_DAYS)

    def costs_to(self) -> datetime | None:
        """Up to when costs are known, over the sources that still bill; None when none does."""
        rows = self.ask("ops/cost_freshness", since=self.billing_since).rows()
        marks = [row["watermark_at"] for row in rows if row["watermark_at"] is not None]
        return min(marks).replace(tzinfo=UTC) if marks else None


def reviewed(given: Given) -> str:
    """How many KPIs are off track at the end of the week, and which; empty while none can be judged."""
    weeks = kpis.periods_to(given.ask, given.now)["week"] if given.kpis else []
    week = next((one for one in weeks if one.start_on == given.monday and one.end <= given.now), None)
    if week is None:
        return ""
    found = kpis.review(given.ask, given.kpis, week, given.currency).standings
    return headline(found) if any(one.status in JUDGED for one in found) else ""


def spend(given: Given) -> tuple[str, Explanation | None]:
    """The week against the one before, and why; the explanation is None while no costs are known."""
    costs_to = given.costs_to()
    if costs_to is None:
        return f"Spend is unknown: no source has delivered costs in {ENDED_DAYS} days.", None
    monday = given.monday
    found = explain(given.ask, Compared(monday - WEEK, monday, monday, monday + WEEK), given.currency)
    told = explain_in_words(found, "Spend")
    if costs_to < given.week.end:
        told += f" Costs are known up to {moment(costs_to)}, so the week is not whole."
    return told, found


def month_outlook(given: Given) -> Budgets:
    """The budgets of this month with their forecasts."""
    costs_to = given.costs_to()
    today = given.now.date()
    complete_end = max(given.billing_since, min(today, costs_to.date()) if costs_to else today)
    return budgets(
        given.ask,
        given.currency,
        today=today,
        complete_end=complete_end,
        billing_since=given.billing_since,
        since=given.month[0],
    )


def own_budget(given: Given, found: Budgets) -> Outlook | None:
    """The organisation's budget of this month; None when nobody set one."""
    return next(
        (
            outlook
            for row, outlook in zip(found.rows, found.outlooks, strict=True)
            if scope_of(row) == ORGANIZATION and row["period"] == "month" and row["period_start"] == given.month[0]
        ),
        None,
    )


def budget(given: Given, found: Budgets) -> str:
    """Where the month will land against its budget, and which others are in danger."""
    start, end = given.month
    own, currency = own_budget(given, found), given.currency
    rows = given.ask("cost/by_day", start=start, end=end, currency=currency).rows()
    spent = sum((row["billed_cost"] for row in rows), Decimal())
    if not rows:
        told = f"{month(start)}: nothing is billed yet, so it is unknown where it will land."
    elif own is None:
        made = found.portfolio.forecast_of(ORGANIZATION, start, end)
        landing = None if made is None or made.total is None else Decimal(made.total)
        lands = (
            f"the forecast is {money(landing, currency)}" if landing is not None else "a forecast is not possible yet"
        )
        told = f"{month(start)}: {money(spent, currency)} so far, {lands}; no budget of the organisation is set."
    else:
        amount = money(own.pace.amount, currency)
        told = f"{month(start)}: {money(own.pace.actual, currency)} of {amount}; {_landing(own, currency)}."
    others = [
        f"{row['name'] or row['scope'] or 'the organisation'} ({outlook.verdict})"
        for row, outlook in zip(found.rows, found.outlooks, strict=True)
        if outlook is not own and outlook.verdict in IN_DANGER
    ]
    return f"{told} In danger: {_some(others)}." if others else told


def _landing(own: Outlook, currency: str) -> str:
    made = own.forecast
    if made is None or made.total is None:
        return "a forecast is not possible yet"
    landing = Decimal(made.total)
    gap = landing - own.pace.amount
    share = f" ({size_percent(gap / own.pace.amount)})" if own.pace.amount > 0 else ""
    way = "over" if gap > 0 else "under"
    told = f"the forecast is {money(landing, currency)}, {money(abs(gap), currency)}{share} {way}"
    if made.low_80 is None or made.high_80 is None:
        return told
    return f"{told}, 80% range {money(Decimal(made.low_80), currency)} to {money(Decimal(made.high_80), currency)}"


def kept_promises(given: Given) -> str:
    """How many SLOs are met, which are missed, and which are at risk."""
    if not given.slos:
        return "Unknown: no SLO is declared."
    found = promises(given.ask, given.slos, known_to(given.ask, given.now)).standings
    counted = [one for one in found if one.state is not State.NO_DATA]
    if not counted:
        return f"Unknown: none of {count(len(found), 'promise')} has data."
    missed = [one for one in counted if one.state is State.MISSED]
    at_risk = [
        one
        for one in counted
        if one.state is not State.MISSED and (one.firing or (one.remaining is not None and one.remaining < NEARLY_GONE))
    ]
    met = sum(one.state is State.MET for one in counted)
    parts = [f"{met} of {len(counted)} met"]
    parts += [f"missed: {_some([one.title for one in missed])}"] if missed else []
    parts += [f"at risk: {_some([one.title for one in at_risk])}"] if at_risk else []
    silent = len(found) - len(counted)
    parts += [f"{silent} without data"] if silent else []
    return f"{'; '.join(parts)}."


def incidents(given: Given) -> str:
    """Our own incidents of the week, with the mean time to restore of those restored in it."""
    memory = Window(given.week.end - MEMORY, given.week.end)
    if not incident_clocks(given.ask, memory, given.now).result.row_count:
        return "Unknown: none is on record for a year; is a source of incidents connected?"
    clocks = incident_clocks(given.ask, given.week, given.now).clocks
    parts = [f"{clocks.declared_count} declared", f"{clocks.restored_count} restored"]
    restore = clocks.restore
    if restore.mean_seconds is not None:
        mean = duration(timedelta(seconds=restore.mean_seconds))
        parts.append(f"mean time to restore {mean} ({restore.count} of {restore.of_count})")
    if clocks.open.count:
        oldest = duration(timedelta(seconds=clocks.open.incidents[0].age_seconds))
        parts.append(f"{clocks.open.count} still open, the oldest for {oldest}")
    return f"{', '.join(parts)}."


def open_alerts(given: Given) -> str:
    """What is open now, the most money first."""
    rows = given.ask("ops/open_alerts").rows()
    if not rows:
        return "No alert is open."
    ours = [row for row in rows if row["impact_cost"] is not None and row["currency"] == given.currency]
    ours.sort(key=lambda row: -row["impact_cost"])
    rest = [row for row in rows if row not in ours]
    named = [f"{row['title']} ({money(row['impact_cost'], given.currency)})" for row in ours]
    return f"{count(len(rows), 'alert')} open: {_some([*named, *(row['title'] for row in rest)])}."


def stale_sources(given: Given) -> str:
    """The sources whose data are old, as the rule on stale sources has it, alert or not."""
    rows = given.ask("ops/sources").rows()
    configured = [row for row in rows if row["source"] in given.settings.sources]
    if not configured:
        return "Unknown: no source has run yet."
    found = SOURCE_STALE.examine(given.ask, Situation(given.now, given.settings, given.source_every))
    late = [one.title for one in found if one.state == "firing"]
    return f"{_some(late)}." if late else f"All {count(len(configured), 'source')} are on time."


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return listed([*names[:NAMED], *([f"{more} more"] if more > 0 else [])])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
