"""Answers that a survey tool has added up itself: one row per question and group of each wave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from collectors.row_values import as_count, as_float, as_moment, as_string, is_empty
from collectors.survey_settings import FROM_0_TO_10, MONTHS, Place, Question, SurveySettings
from collectors.table_file import RowError
from domain.calendar_period import calendar_period

REQUIRED = ("asked_at", "question_id", "group", "n", "mean")
OPTIONAL = (
    "survey_id",
    "wave",
    "question_label",
    "scale_min",
    "scale_max",
    "favourable_share",
    "stddev",
    "invited",
    "promoter_count",
    "detractor_count",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """The fields of one measurement, and the wave of the survey that it is from."""

    place: Place
    wave: tuple[Any, ...]
    at: datetime
    fields: dict[str, Any]


def counted_of(values: Mapping[str, Any], place: Place, settings: SurveySettings) -> Counted | None:
    """What one row says; None for a question that the settings do not name. Raises RowError."""
    zone = ZoneInfo(settings.timezone)
    columns = {name: settings.columns.get(name, name) for name in (*REQUIRED, *OPTIONAL)}
    given = {name: values[column] for name, column in columns.items() if not is_empty(values.get(column))}
    empty = next((name for name in REQUIRED if name not in given and name != "group"), None)
    if empty:
        raise RowError(f"{empty} is empty")
    question = settings.questions.get(as_string(given["question_id"], "question_id", zone))
    if question is None:
        return None
    at = as_moment(given["asked_at"], "asked_at", zone)
    period = calendar_period(at, MONTHS[settings.period], zone)
    count = as_count(given["n"], "n", zone)
    least = as_float(given.get("scale_min", question.scale_min), "scale_min", zone)
    most = as_float(given.get("scale_max", question.scale_max), "scale_max", zone)
    if question.metric in FROM_0_TO_10 and (least, most) != (0, 10):
        raise RowError(f"{question.metric} is of answers from 0 to 10, not {least:g} to {most:g}")
    mean = as_float(given["mean"], "mean", zone)
    if not least <= mean <= most:
        raise RowError(f"mean is not between {least:g} and {most:g}")
    fields = {
        "metric": question.metric,
        "group_name": given.get("group"),
        "period_start": period.start,
        "period_end": period.end,
        "value": least + most - mean if question.reversed else mean,
        "stddev": given.get("stddev"),
        "answer_count": count,
        "invited_count": given.get("invited"),
        **_parts(given, count, question, zone),
    }
    named = tuple(str(given[name]) for name in ("survey_id", "wave") if name in given)
    return Counted(place, named or (at,), at, fields)


def newest_wave(rows: Sequence[Counted]) -> tuple[list[Counted], list[Counted]]:
    """The rows of the newest wave of each metric and period, and those of the waves before: two are not mixed."""
    newest: dict[tuple[Any, ...], Counted] = {}
    for row in sorted(rows, key=lambda row: row.at):
        newest[row.fields["metric"], row.fields["period_start"]] = row
    kept = [row for row in rows if row.wave == newest[row.fields["metric"], row.fields["period_start"]].wave]
    older = [row for row in rows if row.wave != newest[row.fields["metric"], row.fields["period_start"]].wave]
    return kept, older


def _parts(given: Mapping[str, Any], count: int, question: Question, zone: ZoneInfo) -> dict[str, Any]:
    """What is favourable; of a question that is turned round nobody has counted it."""
    if question.reversed:
        return {}
    found: dict[str, Any] = {name: given.get(name) for name in ("promoter_count", "detractor_count")}
    if "favourable_share" in given:
        share = as_float(given["favourable_share"], "favourable_share", zone)
        if not 0 <= share <= 1:
            raise RowError("favourable_share is not between 0 and 1")
        found |= {"numerator": share * count, "denominator": count}
    return found
