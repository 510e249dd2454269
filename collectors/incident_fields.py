"""Fields of one's own: columns of an incident that a system has no field for until somebody adds one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field, field_validator

from collectors.errors import DataError
from collectors.incident_settings import IncidentApiSettings
from domain.incident.words import MITIGATED, OPEN
from store.tables import Incident

TEXTS = ("service", "feature", "team", "kind", "cause", "postmortem_url")
TIMES = (
    "impact_started_at",
    "detected_at",
    "acknowledged_at",
    "mitigated_at",
    "postmortem_due_at",
    "postmortem_published_at",
)
FLAGS = ("ai_related",)
COLUMNS = (*TEXTS, *TIMES, *FLAGS)

YES, NO = ("yes", "true"), ("no", "false")


class OwnFieldSettings(IncidentApiSettings):
    """`fields`: column of an incident → what your own field is called there."""

    fields: dict[str, str] = Field(default_factory=dict)

    @field_validator("fields")
    @classmethod
    def _known_columns(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(value.keys() - set(COLUMNS))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(COLUMNS)}")
        return value


def fill(
    incident: Incident,
    fields: Mapping[str, str],
    values: Mapping[str, Any],
    read_time: Callable[[str, str], datetime],
    where: str,
) -> None:
    """Sets the columns whose own field has a value; `values` are by name of the field, `read_time(value, name)` reads
    one. Raises DataError for a value that does not fit its column."""
    for column, name in fields.items():
        value = values.get(name)
        if value in (None, ""):
            continue
        if column in FLAGS:
            setattr(incident, column, _flag(value))
        elif not isinstance(value, str):
            raise DataError(f"{where}: the field {name} is {value!r} where text belongs")
        else:
            setattr(incident, column, read_time(value, name) if column in TIMES else value)
    if incident.status == OPEN and incident.mitigated_at is not None:
        incident.status = MITIGATED


def _flag(value: Any) -> bool | None:
    """Yes or no; what is neither stays unknown."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    return True if word in YES else False if word in NO else None
