"""annotations.csv: what happened or is planned, to be marked on charts and known to the anomaly detector."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.reference.problem import Problems
from config.reference.reading import Entry, csv_entries, csv_rows


def as_utc(moment: datetime) -> datetime:
    """A time without a zone is UTC, as everywhere in the config files. Raises ValueError for what UTC has not."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


PLANNED = "planned"


def _given(value: object) -> object:
    """An empty field of a CSV file says nothing."""
    return None if value == "" else value


class AnnotationEntry(Entry):
    """One line of annotations.csv.

    The days from `occurred_at` to `ends_at` (without it, its day) of the kind planned are neither judged nor learned
    from; `factor` is how many times as much is expected then. After the kinds launch and release a level may move.
    """

    occurred_at: Annotated[datetime, AfterValidator(as_utc)]
    kind: str
    title: str
    feature: str = ""
    ends_at: Annotated[Annotated[datetime, AfterValidator(as_utc)] | None, BeforeValidator(_given)] = None
    factor: Annotated[Annotated[Decimal, Field(gt=0, le=1000)] | None, BeforeValidator(_given)] = None

    @model_validator(mode="after")
    def _is_a_span(self) -> "AnnotationEntry":
        if self.ends_at is not None and self.ends_at < self.occurred_at:
            raise ValueError("ends_at lies before occurred_at; exchange them")
        if self.factor is not None and self.kind != PLANNED:
            raise ValueError(f"factor belongs to the kind {PLANNED}; correct the kind or leave factor empty")
        return self


def read_annotations(problems: Problems) -> tuple[AnnotationEntry, ...]:
    """The annotations, in the order of the file."""
    return tuple(entry for _, entry in csv_entries(AnnotationEntry, csv_rows(problems), problems))
