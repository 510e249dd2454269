"""What every source of deliveries and tickets can be told: where it is, and whose what it tells of is."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from collectors.base import SourceSettings
from collectors.owners import Owner, owner_of
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference


def check_pattern(value: str) -> str:
    """A regular expression. Raises ValueError with what is wrong with it."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return value


Pattern = Annotated[str, AfterValidator(check_pattern)]
"""The type of a setting that is a regular expression; it may match anywhere."""


class TrackerSettings(SourceSettings):
    """`owners`: a glob of what the tracker calls it (repository, environment, ref, label, component, project) →
    `feature`, `team`, `name` of the service, `ai_related`; the first that matches counts, whatever its case."""

    api_key: SecretReference
    base_url: SafeUrl
    max_requests_per_second: float = Field(default=5.0, gt=0, le=1000)
    owners: dict[str, Owner] = Field(default_factory=dict)

    def owner_of(self, names: Iterable[str]) -> Owner:
        """The first entry of `owners` that matches one of the names."""
        return owner_of(self.owners, names)
