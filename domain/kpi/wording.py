"""The weekly review in one sentence, for the page, the report, the digest and Slack alike. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.kpi.reading import Status
from domain.wording import count, listed

MOST_NAMED = 3
JUDGED = (Status.MET, Status.AT_RISK, Status.MISSED)


@dataclass(frozen=True, slots=True)
class Standing:
    """One KPI in the review: its status, and for how many periods it has been so."""

    name: str
    status: Status
    streak: int


def headline(standings: Iterable[Standing]) -> str:
    """What a leader needs to know first; what is newly off track is named first."""
    told = list(standings)
    judged = sum(one.status in JUDGED for one in told)
    off, risky = ([one for one in told if one.status is status] for status in (Status.MISSED, Status.AT_RISK))
    if not judged:
        return "No KPI can be judged yet: connect the sources that the rows below name."
    if off:
        names, verb = _named(sorted(off, key=lambda one: one.streak)), "is" if len(off) == 1 else "are"
        more = "" if not risky else "; 1 more is at risk" if len(risky) == 1 else f"; {len(risky)} more are at risk"
        return f"{len(off)} of {count(judged, 'KPI')} {verb} off track: {names}{more}."
    if risky:
        return f"Every target is met, but {_named(risky)} {'is' if len(risky) == 1 else 'are'} at risk."
    return f"All {count(judged, 'KPI')} that can be judged are on track." if judged > 1 else "The KPI is on track."


def in_sentence(name: str) -> str:
    """The name of a KPI within a sentence; what begins with an abbreviation stays."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _named(standings: Sequence[Standing]) -> str:
    names = [in_sentence(one.name) for one in standings]
    more = len(names) - MOST_NAMED
    return listed([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)
