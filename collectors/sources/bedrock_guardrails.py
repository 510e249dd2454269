"""Safety checks by Amazon Bedrock Guardrails, from CloudWatch. Grain: UTC hour × feature, policy `any`.

`checked_count` are calls of a feature's guardrails and `violation_count` those that intervened. CloudWatch counts
calls: where a guardrail looks at the question and at the answer, one interaction is two. To intervene is to block or
to mask, so `blocked_count` is known only where the settings say that a guardrail blocks. What leaked is unknown. Only
guardrails with calls in the last two weeks are listed, also for a back-fill. No text is in these metrics.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field

from collectors.base import Api, Source, SourceSettings
from collectors.cloudwatch import Access, Dimensions, Sums, dimensions_of, hourly_sums
from collectors.errors import FatalError
from collectors.safety_hours import ANY
from config.secrets import SecretReference
from domain.window import Window, floor_hour
from store.tables import SafetyHour

NAMESPACE = "AWS/Bedrock/Guardrails"
CHECKED, INTERVENED = "Invocations", "InvocationsIntervened"
TOTALS = {"GuardrailArn", "GuardrailVersion"}
"""Series with exactly these dimensions hold a guardrail's totals; those by policy or direction cover the account."""
PROVIDER = "aws.bedrock"
"""As OpenTelemetry calls it."""
HOUR = timedelta(hours=1)


class Guardrail(BaseModel):
    """Whose interactions a guardrail checks; `blocks`: it never masks, so what it intervened in was blocked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feature: str = Field(min_length=1)
    blocks: bool = False


class BedrockGuardrailSettings(SourceSettings):
    """`guardrails`: glob of a guardrail's ARN → `feature`, `blocks`; the first that matches counts. `access_key`:
    reference of `key id:secret key`; without it the AWS SDK finds credentials itself (environment, profile, role)."""

    region: str = Field(min_length=1)
    guardrails: dict[str, Guardrail] = Field(min_length=1)
    access_key: SecretReference | None = None
    backfill_days: int = Field(default=120, ge=1, le=455)


def collect(window: Window, api: Api) -> Iterator[SafetyHour]:
    """The hours that begin in the window. Raises CollectorError."""
    start = floor_hour(window.start)
    start = start if start == window.start else start + HOUR
    if start >= window.end:
        return
    owners = _owners(api)
    combinations = list(owners)
    hours = Window(start, window.end)
    yield from _hours(
        api, owners, hourly_sums(_access(api), NAMESPACE, (CHECKED, INTERVENED), combinations, hours), hours
    )


def check(api: Api) -> None:
    """A guardrail of the settings has had calls lately."""
    if not _owners(api):
        raise FatalError(
            f"{api.name}: CloudWatch in {api.settings.region} knows no call of these guardrails in two weeks; "
            "check region and `guardrails`"
        )


def _access(api: Api) -> Access:
    return Access(api.name, api.settings.region, api.settings.access_key)


def _owners(api: Api) -> dict[Dimensions, Guardrail]:
    """Each guardrail and version with what the settings say of it; one they do not name is told."""
    guardrails: dict[str, Guardrail] = api.settings.guardrails
    found: dict[Dimensions, Guardrail] = {}
    for dimensions in dimensions_of(_access(api), NAMESPACE, CHECKED):
        if {name for name, _ in dimensions} != TOTALS:
            continue
        arn = dict(dimensions)["GuardrailArn"]
        owner = next((one for glob, one in guardrails.items() if fnmatchcase(arn, glob)), None)
        if owner is None:
            api.set_aside(arn, 1, "the guardrail belongs to no feature; add it to `guardrails`")
        else:
            found[dimensions] = owner
    return found


def _hours(api: Api, owners: Mapping[Dimensions, Guardrail], sums: Sums, hours: Window) -> Iterator[SafetyHour]:
    """Where there were calls and no point of interventions, none intervened."""
    rows: dict[tuple[datetime, str], SafetyHour] = {}
    blocking: dict[tuple[datetime, str], bool] = defaultdict(lambda: True)
    for dimensions, owner in owners.items():
        for hour, checked in sums[CHECKED, dimensions].items():
            key = (hour, owner.feature)
            if not hours.start <= hour < hours.end or not checked:
                continue
            row = rows.setdefault(key, _empty(api.name, hour, owner.feature))
            row.checked_count += round(checked)
            row.violation_count += round(sums[INTERVENED, dimensions].get(hour, 0))
            blocking[key] &= owner.blocks
    for key in sorted(rows):
        rows[key].blocked_count = rows[key].violation_count if blocking[key] else None
        yield rows[key]


def _empty(source: str, hour: datetime, feature: str) -> SafetyHour:
    return SafetyHour(
        source=source, hour=hour, feature=feature, policy=ANY, checked_count=0, violation_count=0, provider=PROVIDER
    )


SOURCE = Source(
    name="bedrock_guardrails",
    title="Amazon Bedrock Guardrails",
    role="metrics",
    writes=SafetyHour,
    settings=BedrockGuardrailSettings,
    collect=collect,
    check=check,
    endpoint=None,
    every="1h",
    lookback="1d",
    chunk="31d",
    grain="1h",
)
