"""What an opening may keep: its times, its team and whether it is an AI role; no id, no title, no person."""

import re
from typing import Any

from pydantic import Field, field_validator

from collectors.base import SourceSettings
from collectors.hashed_ids import hashed
from collectors.table_file import RowError
from config.secrets import SecretReference

OPEN, FILLED, CANCELLED, ON_HOLD = "open", "filled", "cancelled", "on_hold"


class OpeningSettings(SourceSettings):
    """`ai_departments` and `ai_titles` (a regular expression) say which roles are AI roles where the source does not;
    `salt` is the reference of what ids are hashed with."""

    ai_departments: tuple[str, ...] = ()
    ai_titles: str | None = Field(default=None, min_length=1)
    salt: SecretReference | None = None

    @field_validator("ai_titles")
    @classmethod
    def _is_expression(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression ({error})") from None
        return value

    def is_ai_role(self, department: str | None, title: str | None) -> bool | None:
        """None when the settings do not say what an AI role is."""
        if not self.ai_departments and self.ai_titles is None:
            return None
        if department is not None and department in self.ai_departments:
            return True
        return self.ai_titles is not None and bool(re.search(self.ai_titles, title or "", re.IGNORECASE))


def complete_opening(values: dict[str, Any], settings: OpeningSettings) -> dict[str, Any]:
    """The fields that are kept of one row. Raises RowError for one that is filled but says not when."""
    kept = {name: value for name, value in values.items() if name != "job_title"}
    if kept["status"] == FILLED and "filled_at" not in kept and "offer_accepted_at" not in kept:
        raise RowError("status is filled, but filled_at and offer_accepted_at are empty")
    if "is_ai_role" not in kept:
        kept["is_ai_role"] = settings.is_ai_role(kept.get("team"), values.get("job_title"))
    kept["opening_id"] = hashed(kept["opening_id"], settings.salt)
    return kept
