"""Surveys from files: single answers are added up by group, groups of few people are left out, then rows are made."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from collectors.base import Delivery, FileApi, History
from collectors.errors import DataError
from collectors.files import digest, up_to_date
from collectors.row_file import header_of, rows_of
from collectors.row_files import days_of, files_below, nothing_to_load, set_aside
from collectors.row_reader import RowReader
from collectors.row_table import RowSettings
from collectors.row_tables import MEASUREMENTS
from collectors.small_groups import small_groups
from collectors.survey_answers import Answer, answers_of, by_group, newest_of_each
from collectors.survey_counts import REQUIRED, Counted, counted_of, newest_wave
from collectors.survey_settings import Place, SurveySettings
from collectors.table_file import RowError
from store.schema import to_batch
from store.tables import Measurement, Quarantine


def deliver_surveys(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files; it replaces the days of the periods that they tell of. Raises CollectorError."""
    settings: SurveySettings = api.settings
    files = files_below(settings.path)
    detail = digest(files, also=settings.model_dump_json(exclude={"path"}))
    if up_to_date(history, [detail]):
        return
    answers, counts, rejected = _read(api.name, files, settings)
    reader = RowReader(MEASUREMENTS, api.name, RowSettings(), UTC)
    rows: list[Measurement] = []
    places: list[Place] = []
    for place, fields in _measurements(api.name, files, answers, counts, rejected):
        try:
            team = fields["group_name"] if settings.groups_are_teams else None
            rows.append(reader.row(fields | {"team": team}))
            places.append(place)
        except RowError as error:
            rejected.append(_told(api.name, place, str(error)))
    if not rows:
        raise nothing_to_load(files, rejected)
    window = days_of([row.period_start for row in rows])
    kept_back = small_groups(rows, settings)
    rejected += [_told(api.name, places[at], reason) for at, reason in kept_back.items()]
    kept = [row for at, row in enumerate(rows) if at not in kept_back]
    yield Delivery(detail, window, [to_batch(Measurement, kept)], rejected=rejected)


def check_surveys(api: FileApi) -> None:
    """The first file has the columns of the one or the other kind."""
    _is_counted(files_below(api.settings.path)[0], api.settings)


def _read(
    source: str, files: Sequence[Path], settings: SurveySettings
) -> tuple[list[Answer], list[Counted], list[Quarantine]]:
    answers: list[Answer] = []
    counts: list[Counted] = []
    rejected: list[Quarantine] = []
    for path in files:
        is_counted = _is_counted(path, settings)
        for number, values in rows_of(path):
            place = Place(path.name, number)
            try:
                if isinstance(values, RowError):
                    raise values
                if not is_counted:
                    answers += answers_of(values, place, settings)
                elif counted := counted_of(values, place, settings):
                    counts.append(counted)
            except RowError as error:
                rejected.append(_told(source, place, str(error)))
    return answers, counts, rejected


def _measurements(
    source: str,
    files: Sequence[Path],
    answers: Sequence[Answer],
    counts: Sequence[Counted],
    rejected: list[Quarantine],
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Where each measurement is from, and its fields; those of single answers, added up, are of row 0."""
    newest, repeated = newest_of_each(answers)
    rejected += [_told(source, place, "the same person answered again; the newest answer counts") for place in repeated]
    waves, older = newest_wave(counts)
    rejected += [_told(source, row.place, "a newer wave in the same period counts") for row in older]
    yield from ((row.place, row.fields) for row in waves)
    yield from ((Place(files[0].name, 0), fields) for fields in by_group(newest))


def _is_counted(path: Path, settings: SurveySettings) -> bool:
    """True for a file of added-up answers, false for one of single answers. Raises DataError for any other."""
    header = header_of(path)
    if all(settings.columns.get(name, name) in header for name in REQUIRED):
        return True
    if settings.columns.get("submitted_at", "submitted_at") in header and settings.questions.keys() & set(header):
        return False
    raise DataError(
        f"{path.name} has neither the columns {', '.join(REQUIRED)} of added-up answers, nor submitted_at and a column "
        "that questions names; map them under columns."
    )


def _told(source: str, place: Place, reason: str) -> Quarantine:
    return set_aside(source, place.file_name, place.number, reason)
