"""An error budget goes too fast: both windows of a pair burn above its factor. One alert per objective."""

from collections.abc import Sequence

from alerts import pages
from alerts.base import Finding, Severity, Situation, promise_rule
from alerts.burned import burned
from alerts.burning import explained
from alerts.scope import scope_of
from alerts.wording import factor, moment, share
from domain.slo.pairs import AlertPair
from domain.slo.period import in_words
from domain.slo.standing import Standing

_LEVELS: dict[str, int] = {"info": 0, "ticket": 1, "page": 2}


def judge(standings: Sequence[Standing], _: Situation) -> list[Finding]:
    """One finding per objective: firing while any pair does, with the gravest severity of those; else over, or pending
    while nothing was counted since it burned: silence is no recovery."""
    return [_finding(standing) for standing in standings]


def _finding(standing: Standing) -> Finding:
    fires = sorted(standing.firing, key=lambda pair: (-_LEVELS[pair.severity], pair.long_minutes))
    severity: Severity = "ticket"
    if fires and fires[0].severity in ("page", "info"):
        severity = "page" if fires[0].severity == "page" else "info"
    name = standing.title
    return Finding(
        fingerprint=f"slo_burn:{standing.key}",
        state="firing" if fires else "pending" if standing.may_still_fire else "over",
        severity=severity,
        level=_LEVELS[severity],
        title=f"{name} burns its error budget" if fires else f"{name} burns its error budget no longer",
        summary=_summary(standing, fires),
        facts={
            "slo": standing.key,
            "target": standing.objective.target,
            "pairs": "; ".join(map(str, fires)),
            "bad_events": int(standing.counts.bad),
            "events": int(standing.counts.total),
        },
        fields=_fields(standing, fires),
        owner=standing.slo.owner,
        page_path=pages.slo(standing.key),
        scope=scope_of(standing.slo, standing.objective),
    )


def _summary(standing: Standing, fires: Sequence[AlertPair]) -> str:
    if not fires:
        return f"{standing.title} keeps within its budget again; {_left(standing)}."
    worst = fires[0]
    long, short = (factor(standing.burn(minutes)) for minutes in (worst.long_minutes, worst.short_minutes))
    told = (
        f"{standing.title} spent its error budget {long} as fast as it may over the last {worst.long_text} "
        f"and {short} over the last {worst.short_text}; {_left(standing)}."
    )
    gone = standing.exhausted_at
    if gone and gone > standing.at:
        told += f" If the last 6 hours go on, it is gone on {moment(gone)}."
    return told


def _left(standing: Standing) -> str:
    left = standing.remaining
    if left is None:
        return "nothing was counted"
    return (
        f"{share(left)} of the budget of {in_words(standing.period)} is left"
        if left >= 0
        else "the budget is overspent"
    )


def _fields(standing: Standing, fires: Sequence[AlertPair]) -> tuple[tuple[str, str], ...]:
    counted = f"{int(standing.counts.bad):,} bad of {int(standing.counts.total):,} in {in_words(standing.period)}"
    return (
        ("Objective", f"{(standing.objective.target * 100).normalize():f}% over {in_words(standing.period)}"),
        ("Counted", counted),
        *((f"Pair {pair.severity}", str(pair).removeprefix(f"{pair.severity} ")) for pair in fires),
    )


RULE = promise_rule("slo_burn", every="1m", judge=judge, past=burned, explain=explained)
