"""What a rule declares and what it finds. A rule is one file in `rules/` with one `RULE`; nothing else lists it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from alerts.charts import Chart
from alerts.past import Past
from config.settings import Settings
from domain.duration import parse_duration
from domain.slo.definition import SloDefinition
from domain.slo.standing import Standing
from queries.promises import Ask, known_to, promises
from queries.runner import Result

Severity = Literal["page", "ticket", "info"]
SEVERITIES: tuple[Severity, ...] = ("info", "ticket", "page")
"""Mildest first: page, somebody must act now; ticket, within days; info, good to know."""


def severity_rank(severity: str) -> int:
    """Its place in SEVERITIES. Raises ValueError for a word that is none."""
    return [str(known) for known in SEVERITIES].index(severity)


State = Literal["firing", "pending", "over", "withdrawn"]
"""`firing` is a problem; `pending` may be one, so an open alert stays and a new one waits; `over` has ended;
`withdrawn` never was one, as late data show."""

Kind = Literal["cost", "usage", "promise", "incident", "safety", "source"]
"""What a rule is about; routes go by it."""

Fact = str | int | Decimal | date | datetime | None
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a rule may know besides its rows: the time (aware UTC), the settings, how often each source runs, SLOs."""

    now: datetime
    settings: Settings
    source_every: Mapping[str, timedelta] = field(default_factory=dict)
    slos: Sequence[SloDefinition] = ()

    @property
    def today(self) -> date:
        """The UTC day of `now`."""
        return self.now.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of one thing. `fingerprint` names the problem, not its size; `level` grows as it worsens.

    `title` and `summary` are plain text: a phrase and a sentence. `fields` are labels and values as people read
    them, `facts` the same as exact values. `page_path` is an app page with its filters set. `impact_cost` is the
    money at stake in `currency`, `impact_ratio` the same as a share of `impact_of` ("the budget"). `scope` says whom
    it touches, for routes: feature, team, tier, provider, model, service, source, as far as known. `why` and
    `happened` are sentences: the cause by the numbers, and what else happened then. `children` are fingerprints of
    the smaller problems that this one contains; one that `takes_over` ends the alerts that they have, otherwise they
    keep these, and the engine leaves in `children` what has none, with the level of each in `child_levels`. `parts` are
    names of what it is made of, each with its share of the whole. `queries` are the names of those that were asked;
    `Rule.examine` fills them in.
    """

    fingerprint: str
    state: State = "firing"
    severity: Severity
    level: int
    title: str
    summary: str
    facts: Mapping[str, Fact]
    fields: tuple[tuple[str, str], ...] = ()
    owner: str | None = None
    page_path: str | None = None
    impact_cost: Decimal | None = None
    currency: str | None = None
    impact_ratio: Decimal | None = None
    impact_of: str = ""
    scope: Mapping[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    happened: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    takes_over: bool = True
    child_levels: tuple[int, ...] = ()
    parts: tuple[tuple[str, Decimal], ...] = ()
    chart: Chart | None = None
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of problem. `queries` maps a query's name to the parameters it needs in a situation.

    `find` is pure: rows by query name in, findings out. `every` is a duration (5m): how often it is worth asking.
    `knows_its_past` is False where its queries tell of the present only, so that no earlier day can be judged by it;
    `past` says what it would have done in so many days where there is a better way than asking it day by day.
    `docs/runbooks/<name>.md` says what to do.
    """

    name: str
    every: str
    queries: Mapping[str, Callable[[Situation], Mapping[str, Any]]]
    find: Callable[[Mapping[str, Sequence[Row]], Situation], list[Finding]]
    kind: Kind = field(kw_only=True)
    knows_its_past: bool = field(default=True, kw_only=True)
    past: Callable[[Ask, Situation, int], Past] | None = field(default=None, kw_only=True)

    def examine(self, ask: Ask, situation: Situation) -> list[Finding]:
        """Asks its queries and finds."""
        rows = {query: ask(query, **params(situation)).rows() for query, params in self.queries.items()}
        return [replace(finding, queries=tuple(self.queries)) for finding in self.find(rows, situation)]

    @property
    def runbook(self) -> str:
        """Where the runbook is, from the root of the repository."""
        return f"docs/runbooks/{self.name}.md"

    def is_due(self, now: datetime, since: datetime | None) -> bool:
        """True when a multiple of `every` lies between the last check and now, or nothing was checked yet.

        Also when the clock was set back over one since: who waited for it to catch up would see nothing for so long.
        """
        step = parse_duration(self.every).total_seconds()
        return since is None or now.timestamp() // step != since.timestamp() // step


@dataclass(frozen=True, slots=True)
class AskingRule(Rule):
    """A rule that asks by itself, for its questions hang on each other: `look` asks and finds, and writes nothing."""

    look: Callable[[Ask, Situation], list[Finding]] = field(kw_only=True)

    def examine(self, ask: Ask, situation: Situation) -> list[Finding]:
        """Asks and finds."""
        asked: dict[str, None] = {}

        def remember(name: str, **params: Any) -> Result:
            asked[name] = None
            return ask(name, **params)

        found = self.look(remember, situation)
        return [replace(finding, queries=tuple(asked)) for finding in found]


def asking_rule(
    name: str,
    every: str,
    look: Callable[[Ask, Situation], list[Finding]],
    *,
    kind: Kind,
    past: Callable[[Ask, Situation, int], Past] | None = None,
) -> AskingRule:
    """A rule that asks by itself."""
    return AskingRule(name, every, {}, _nothing, kind=kind, look=look, past=past)


def promise_rule(
    name: str,
    every: str,
    judge: Callable[[Sequence[Standing], Situation], list[Finding]],
    past: Callable[[Ask, Situation, int], Past] | None = None,
    explain: Callable[[Ask, Situation, Standing, Finding], Finding] | None = None,
) -> AskingRule:
    """A rule over SLOs: `judge` is pure, how every objective stands in, one finding for each out.

    `explain` asks for the cause of what fires.
    """

    def look(ask: Ask, situation: Situation) -> list[Finding]:
        if not situation.slos:
            return []
        at = known_to(ask, situation.now)
        standings = promises(ask, situation.slos, at).standings
        found = judge(standings, situation)
        if explain is None:
            return found
        return [
            explain(ask, situation, standing, finding) if finding.state == "firing" else finding
            for standing, finding in zip(standings, found, strict=True)
        ]

    return asking_rule(name, every, look, kind="promise", past=past)


def _nothing(_rows: Mapping[str, Sequence[Row]], _situation: Situation) -> list[Finding]:
    return []
