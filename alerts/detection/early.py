"""Warning hours as findings: good to know before the day is complete; the daily verdict replaces or withdraws them, and
so do late data."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from alerts.base import Finding, Row, Situation, State
from alerts.detection.calendar import WHOLE
from alerts.detection.stakes import Stakes
from alerts.detection.terms import Terms, change, name_of
from alerts.wording import moment

HOURS = "anomaly/early_hours"
A_DAY = 24
"""One hour is worth a message when a day of such hours would be."""


def early_findings(
    hours: Sequence[Row],
    situation: Situation,
    terms: Mapping[str, Terms],
    names: Mapping[tuple[str, str], Row],
    stakes: Stakes,
    going_on: Collection[tuple[str, str, str]],
) -> list[Finding]:
    """One finding per series and day of the rows of HOURS, under the fingerprint that its daily incident would have.

    It ends as soon as the day is judged. `going_on` are the series (metric, scope type, scope) with an incident that
    tells of them already; where the organisation warns, its parts do not.
    """
    found = []
    wanted = [row for row in hours if row["metric"] in terms]
    by_day = {key: max(rows, key=_gravity) for key, rows in _by_series_and_day(wanted).items()}
    for (metric, scope_type, scope, day), worst in by_day.items():
        whole = by_day.get((metric, *WHOLE, day))
        is_told = (metric, scope_type, scope) in going_on
        is_within = scope_type != "organization" and whole is not None and not whole["is_withdrawn"]
        ended = _end(worst, is_told=is_told or is_within, is_material=metric != "cost" or _is_material(worst, stakes))
        found.append(_finding(worst, terms[metric], names, day, situation, ended))
    return found


def _gravity(row: Row) -> tuple[bool, float]:
    return not row["is_withdrawn"], abs(row["score"])


def _end(worst: Row, *, is_told: bool, is_material: bool) -> tuple[State, str] | None:
    """How the warning of a day ended, and why; None while it holds."""
    if worst["is_judged"] and worst["is_alerting"]:
        return "over", "The complete day alerts by itself."
    if worst["is_judged"]:
        return "withdrawn", "The complete day is as expected: the early warning is withdrawn."
    if worst["is_withdrawn"]:
        return "withdrawn", "Late data changed the hour, and it is unlike the last 90 days no more."
    if is_told:
        return "over", "Another alert tells of it."
    return None if is_material else ("withdrawn", "Late data made it too small to tell of.")


def _by_series_and_day(rows: Sequence[Row]) -> dict[tuple[str, str, str, date], list[Row]]:
    def key(row: Row) -> tuple[str, str, str, date]:
        return row["metric"], row["scope_type"], row["scope"], row["hour"].date()

    return {place: list(some) for place, some in groupby(sorted(rows, key=key), key=key)}


def _is_material(row: Row, stakes: Stakes) -> bool:
    return Decimal(repr(abs(row["actual"] - (row["expected"] or 0.0)) * A_DAY)) > stakes.gate


def _finding(
    row: Row,
    terms: Terms,
    names: Mapping[tuple[str, str], Row],
    day: date,
    situation: Situation,
    ended: tuple[State, str] | None,
) -> Finding:
    series = row["scope_type"], row["scope"]
    told, number = f"{terms.noun} of {name_of(names, series)}", terms.number(row["actual"], row["unit"])
    expected = terms.number(row["expected"] or 0.0, row["unit"])
    at = moment(row["hour"].replace(tzinfo=situation.now.tzinfo))
    state, said = ended or ("firing", None)
    return Finding(
        fingerprint=f"anomaly:{row['metric']}:{row['scope_type']}:{row['scope']}:{day}",
        state=state,
        severity="info",
        level=0,
        title=f"Early: {told} is unlike the last 90 days",
        summary=said
        or (
            f"Early, the day is not complete: {told} was {number} in the hour of {at}, usually {expected} "
            f"({change(row['actual'], row['expected'])}). The verdict on the whole day replaces this."
        ),
        facts={
            "metric": row["metric"],
            "scope_type": row["scope_type"],
            "scope": row["scope"],
            "started_on": day,
            "last_on": day,
            "hour": row["hour"],
            "score": repr(row["score"]),
        },
        fields=(("Hour", at), ("Measured", number), ("Usually", expected)),
        owner=names.get(series, {}).get("owner"),
        page_path=terms.page_path(*series),
        scope={} if series == WHOLE else {row["scope_type"]: row["scope"]},
    )
