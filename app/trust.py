"""How far a figure may be trusted: why it is missing, up to when its facts are known, what was set aside. Pure."""

from collections.abc import Sequence

from app import format as fmt
from app import review
from queries.coverage import Facts, FactsState
from queries.kpis import Row
from queries.set_aside import SetAside

FACT_NAMES = {
    "spec": "specifications",
    "safety_hour": "safety checks",
    "sli_minute": "SLO events",
    "measurement": "surveys and headcounts",
    "opening": "open positions",
    "charge": "costs",
    "token_usage": "token usage",
}
"""Facts whose plural says too little or too much."""
GUIDES = {
    "docs/delivery.md": ("spec", "release", "defect", "evidence_request"),
    "docs/evaluations.md": ("evaluation", "experiment", "safety_hour"),
    "docs/people.md": ("measurement", "opening"),
    "docs/incidents.md": ("incident",),
    "docs/slos.md": ("sli_minute",),
    "docs/telemetry.md": ("inference_request",),
    "README.md": ("charge", "token_usage"),
}
"""Where it stands how a source of these facts is connected."""
MOST_REASONS = 3
"""Of what a row set aside; what is rarer is added up."""


def known(row: Row) -> str:
    """Why a row has no value, or not the whole one, or one that leaves something out; empty when all is well."""
    if row.problem:
        return row.problem[0].upper() + row.problem[1:] + "."
    if row.facts.state is not FactsState.NONE and row.period is None:
        return ""
    said = [_unread(row), facts_known(row.facts, row.kpi.facts), _cut_short(row), left_out(row.set_aside)]
    return " ".join(filter(None, said))


def missing(row: Row) -> str:
    """Why a row has no value, in one sentence or two."""
    said, reason = known(row), row.verdict.reason
    if row.problem or row.facts.state is FactsState.NONE or not reason:
        return said or "Nothing is known."
    return f"{reason[0].upper()}{reason[1:]}. {said}".rstrip()


def told(row: Row) -> str:
    """What stands in the column of facts: all of the above, and the state of the facts where they are fine."""
    said = known(row)
    if not said:
        return review.facts(row.facts)
    is_fine = row.facts.state is FactsState.FRESH and not row.problem
    return f"{review.facts(row.facts)}. {said}" if is_fine else said


def left_out(set_aside: Sequence[SetAside]) -> str:
    """`Left out: released without an approval date (2). Set aside: the same person … (3 rows of surveys).`"""
    facts = [one for one in set_aside if not one.source]
    parts = []
    if facts:
        parts.append(f"Left out: {', '.join(f'{one.reason} ({fmt.count(one.count)})' for one in facts)}.")
    rows = sorted((one for one in set_aside if one.source), key=lambda one: -one.count)
    if rows:
        whole = [f"{one.reason} ({fmt.plural(one.count, 'row')} of {one.source})" for one in rows[:MOST_REASONS]]
        if len(rows) > MOST_REASONS:
            whole.append(f"{fmt.plural(sum(one.count for one in rows[MOST_REASONS:]), 'more row')}")
        parts.append(f"Set aside: {'; '.join(whole)}.")
    return " ".join(parts)


def _unread(row: Row) -> str:
    return f"Its target cannot be read: {row.kpi.problem}." if row.kpi.problem else ""


def _cut_short(row: Row) -> str:
    """A source that stopped within the period: what came later is not in the figure."""
    to, period = row.facts.known_to, row.period
    if row.facts.state not in (FactsState.LATE, FactsState.FAILED) or to is None or period is None:
        return ""
    return f"{period.name} is counted up to then only." if period.start < to < period.end else ""


def facts_known(found: Facts, names: Sequence[str]) -> str:
    """Why facts of these names say nothing or not all of it; empty when all is well."""
    if found.state is FactsState.NONE:
        guides = [guide for guide, of in GUIDES.items() if any(name in of for name in names)]
        more = f" {fmt.listed(guides)} {'shows' if len(guides) == 1 else 'show'} how." if guides else ""
        return f"No source of {fmt.listed(in_words(names))} is connected.{more}"
    if found.state in (FactsState.LATE, FactsState.FAILED):
        to = fmt.moment(found.known_to) if found.known_to else "nothing yet"
        names = found.failed or found.late
        verb = "failed" if found.state is FactsState.FAILED else "is late" if len(names) == 1 else "are late"
        return f"{fmt.listed(list(names))} {verb}: known to {to}."
    return ""


def in_words(facts: Sequence[str]) -> list[str]:
    """Names of facts as words in the plural."""
    return [FACT_NAMES.get(fact, fact.replace("_", " ") + "s") for fact in facts]
