"""annotations.csv: what happened, to be marked on charts."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from config.reference.problem import Problems
from config.reference.reading import Entry, csv_entries, csv_rows


def as_utc(moment: datetime) -> datetime:
    """A time without a zone is UTC, as everywhere in the config files. Raises ValueError for what UTC has not."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


class AnnotationEntry(Entry):
    """One line of annotations.csv."""

    occurred_at: Annotated[datetime, AfterValidator(as_utc)]
    kind: str
    title: str
    feature: str = ""


def read_annotations(problems: Problems) -> tuple[AnnotationEntry, ...]:
    """The annotations, in the order of the file."""
    return tuple(entry for _, entry in csv_entries(AnnotationEntry, csv_rows(problems), problems))
