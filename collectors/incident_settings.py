"""What every source of incidents can be told: what its severities and services are called here, and who owns them."""

import re
from typing import Literal

from pydantic import Field

from collectors.base import SourceSettings
from collectors.owners import Owner, owner_of
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from domain.incident.words import SEVERITIES

Severity = Literal["sev1", "sev2", "sev3", "sev4"]

WORDS: dict[str, Severity] = {
    "critical": "sev1",
    "blocker": "sev1",
    "major": "sev2",
    "high": "sev2",
    "minor": "sev3",
    "medium": "sev3",
    "moderate": "sev3",
    "low": "sev4",
    "none": "sev4",
}
"""The usual words; names such as SEV2, P2 or Sev 2 are read by their number."""

_NUMBERED = re.compile(r"(?:sev(?:erity)?|prio(?:rity)?|[sp])[\s_-]*([0-5])\b.*", re.IGNORECASE)


class IncidentSettings(SourceSettings):
    """`severities`: the source's name → sev1 … sev4; `services`: a glob of the source's service → `name`, `feature`,
    `team`, `ai_related`; the first that matches counts. `ai_related` holds for the services that do not say."""

    severities: dict[str, Severity] = Field(default_factory=dict)
    services: dict[str, Owner] = Field(default_factory=dict)
    ai_related: bool | None = None

    def owner_of(self, service: str | None) -> Owner:
        """The first entry of `services` that matches; of an unknown service nothing is known."""
        return owner_of(self.services, () if service is None else (service,))

    def severity_of(self, name: str | None) -> str | None:
        """What the operator says a severity is; None where the settings do not name it."""
        return next((known for given, known in self.severities.items() if given == name), None)

    def usual_severity(self, name: str | None) -> str | None:
        """What the operator says, else the usual meaning of the name; None for a name that tells nothing."""
        if name is None:
            return None
        if told := self.severity_of(name):
            return told
        numbered = _NUMBERED.fullmatch(name.strip())
        if numbered:
            return SEVERITIES[min(max(int(numbered[1]), 1), len(SEVERITIES)) - 1]
        return WORDS.get(name.strip().lower())


class IncidentApiSettings(IncidentSettings):
    """Adds where the API is and the reference of its key."""

    api_key: SecretReference
    base_url: SafeUrl
    max_requests_per_second: float = Field(default=5.0, gt=0, le=1000)
