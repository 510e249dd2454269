"""An error budget is used up, and not by chance. One alert per objective."""

from collections.abc import Sequence

from alerts import pages
from alerts.base import Finding, Situation, State, promise_rule
from alerts.scope import scope_of
from alerts.wording import factor
from domain.slo.attainment import State as Attained
from domain.slo.period import in_words
from domain.slo.standing import Standing


def judge(standings: Sequence[Standing], _: Situation) -> list[Finding]:
    """One finding per objective: firing while its budget is overspent and the promise surely missed.

    Overspent, but by so few events that chance explains them, or nothing counted at all: pending.
    """
    return [_finding(standing) for standing in standings]


def _state(standing: Standing) -> State:
    left = standing.remaining
    if left is not None and left > 0:
        return "over"
    return "firing" if left is not None and standing.state is Attained.MISSED else "pending"


def _finding(standing: Standing) -> Finding:
    name, left = standing.title, standing.remaining
    spent = "nothing is known" if left is None else f"{factor(1 - left)} its error budget is spent"
    state = _state(standing)
    due = " What was agreed for a spent budget applies now." if state == "firing" else ""
    return Finding(
        fingerprint=f"slo_budget:{standing.key}",
        state=state,
        severity="ticket",
        level=1,
        title=f"{name} has used up its error budget" if state != "over" else f"{name} has error budget again",
        summary=(
            f"{name}: {spent} over {in_words(standing.period)}, with {int(standing.counts.bad):,} bad of "
            f"{int(standing.counts.total):,} events.{due}"
        ),
        facts={"slo": standing.key, "bad_events": int(standing.counts.bad), "events": int(standing.counts.total)},
        fields=(("Objective", f"{(standing.objective.target * 100).normalize():f}% over {in_words(standing.period)}"),),
        owner=standing.slo.owner,
        page_path=pages.slo(standing.key),
        scope=scope_of(standing.slo, standing.objective),
    )


RULE = promise_rule("slo_budget", every="5m", judge=judge)
