"""Single answers to a survey: one of each person and period counts, they are added up by group, and then forgotten."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import fmean, stdev
from typing import Any
from zoneinfo import ZoneInfo

from collectors.row_values import as_count, as_moment, as_string, is_empty
from collectors.survey_settings import DETRACTOR_TO, MONTHS, PROMOTER_FROM, TOP_BOXES, Place, Question, SurveySettings
from collectors.table_file import RowError
from domain.calendar_period import calendar_period
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer to one question. `respondent` only tells answers apart; None: nobody can."""

    place: Place
    question: Question
    period: Window
    at: datetime
    group: str | None
    value: float
    respondent: str | None
    invited_count: int | None


def answers_of(values: Mapping[str, Any], place: Place, settings: SurveySettings) -> list[Answer]:
    """The answers of one row to the questions that the settings name; blank is no answer. Raises RowError."""
    zone = ZoneInfo(settings.timezone)
    given = {name: values.get(settings.columns.get(name, name)) for name in ("submitted_at", "group", "invited")}
    who = values.get(settings.columns.get("respondent", "respondent"))
    if is_empty(given["submitted_at"]):
        raise RowError("submitted_at is empty")
    at = as_moment(given["submitted_at"], "submitted_at", zone)
    return [
        Answer(
            place=place,
            question=question,
            period=calendar_period(at, MONTHS[settings.period], zone),
            at=at,
            group=None if is_empty(given["group"]) else as_string(given["group"], "group", zone),
            value=_on_scale(values[column], column, question),
            respondent=None if is_empty(who) else as_string(who, "respondent", zone).lower(),
            invited_count=None if is_empty(given["invited"]) else as_count(given["invited"], "invited", zone),
        )
        for column, question in settings.questions.items()
        if not is_empty(values.get(column))
    ]


def newest_of_each(answers: Sequence[Answer]) -> tuple[list[Answer], list[Place]]:
    """One answer a person, metric and period, and the rows of the others. Of equal times the later row counts."""
    ordered = sorted(answers, key=lambda answer: answer.at)
    newest = {_person(answer, number): answer for number, answer in enumerate(ordered)}
    counted = list(newest.values())
    kept = {id(answer) for answer in counted}
    repeated = dict.fromkeys(answer.place for answer in ordered if id(answer) not in kept)
    return counted, list(repeated)


def by_group(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """A measurement's fields for each metric, period and group, and for everybody."""
    together: dict[tuple[str, Window, str | None], list[Answer]] = defaultdict(list)
    for answer in answers:
        together[answer.question.metric, answer.period, None].append(answer)
        if answer.group is not None:
            together[answer.question.metric, answer.period, answer.group].append(answer)
    return [_measured(group, of_group) for (_, _, group), of_group in together.items()]


def _person(answer: Answer, number: int) -> tuple[Any, ...]:
    return (answer.question.metric, answer.period, answer.respondent or number)


def _on_scale(given: Any, column: str, question: Question) -> float:
    """The answer, turned round where agreeing is unfavourable."""
    try:
        value = Decimal(str(given).strip())
    except ArithmeticError:
        value = Decimal("NaN")
    if not (value.is_finite() and question.scale_min <= value <= question.scale_max):
        raise RowError(f"{column} is no number from {question.scale_min} to {question.scale_max}")
    return float(question.scale_min + question.scale_max - value if question.reversed else value)


def _measured(group: str | None, answers: Sequence[Answer]) -> dict[str, Any]:
    question, values = answers[0].question, [answer.value for answer in answers]
    found: dict[str, Any] = {
        "metric": question.metric,
        "group_name": group,
        "period_start": answers[0].period.start,
        "period_end": answers[0].period.end,
        "value": fmean(values),
        "stddev": stdev(values) if len(values) > 1 else None,
        "answer_count": len(values),
        "invited_count": _invited(answers),
        "numerator": sum(value > question.scale_max - TOP_BOXES for value in values),
        "denominator": len(values),
    }
    if question.is_nps:
        found["promoter_count"] = sum(value >= PROMOTER_FROM for value in values)
        found["detractor_count"] = sum(value <= DETRACTOR_TO for value in values)
    return found


def _invited(answers: Sequence[Answer]) -> int | None:
    """Each group's number of those asked, added up; None where a group does not say it, or more answered."""
    of_group: dict[str | None, int] = {}
    for answer in answers:
        if answer.invited_count is None:
            return None
        of_group[answer.group] = max(answer.invited_count, of_group.get(answer.group, 0))
    asked = sum(of_group.values())
    return asked if asked >= len(answers) else None
