"""Safety checks from Langfuse's scores. Grain: UTC hour × policy, and the policy `any` beside them.

An interaction is a trace. It is checked by a policy when it has a score that the settings say is one of that policy,
and broke it when one of these says so; it belongs to the hour of its first such score in the window that is read.
`any` counts each interaction once. What was blocked and what leaked is known only where every policy says what becomes
of a violation (`action`). Scores arrive late, so the last 14 days are read again. No prompt, answer or comment is kept.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from collectors import langfuse_api
from collectors.base import Api, Source
from collectors.errors import DataError
from collectors.langfuse_api import LangfuseSettings, Score, endpoint, scores
from collectors.safety_hours import ANY, Action, Check, safety_hours
from domain.window import Window, floor_hour
from store.tables import SafetyHour

HOUR = timedelta(hours=1)


class ScorePolicy(BaseModel):
    """What one score means: the `policy` it checks; a violation is a number above `above`, or without it the BOOLEAN
    value `violates`. `action`: whether what it finds was blocked or had leaked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: str = Field(min_length=1)
    above: float | None = Field(default=None, allow_inf_nan=False)
    violates: bool = True
    action: Action | None = None

    @field_validator("policy")
    @classmethod
    def _one_of_many(cls, value: str) -> str:
        if value == ANY:
            raise ValueError("name the policy itself; `any` is made of all")
        return value

    def is_broken_by(self, score: Score) -> bool:
        """Raises DataError for a value that is no number, or a number without `above`."""
        if self.above is not None:
            return score.number > self.above
        if score.data_type != "BOOLEAN":
            raise DataError("it is no BOOLEAN score; say with `above` from where on a number is a violation")
        return bool(score.number) is self.violates


class LangfuseSafetySettings(LangfuseSettings):
    """`feature`: whose project it is; `policies`: name of a score → what it means. Other scores are left out."""

    feature: str = Field(min_length=1)
    policies: dict[str, ScorePolicy] = Field(min_length=1)


def collect(window: Window, api: Api) -> Iterator[SafetyHour]:
    """The hours that begin in the window, each whole. Raises CollectorError."""
    start, end = _ceil_hour(window.start), _ceil_hour(window.end)
    if start >= end:
        return
    policies: dict[str, ScorePolicy] = api.settings.policies
    actions = {policy.action for policy in policies.values()}
    knows = [action for action in actions if action is not None] if None not in actions else []
    yield from safety_hours(api.name, _checks(api, Window(start, end)), knows)


def check(api: Api) -> None:
    """Asks for the scores of the last hour."""
    langfuse_api.check(api, Window(api.now - HOUR, api.now))


def _checks(api: Api, window: Window) -> Iterator[Check]:
    for score in scores(api, window):
        policy: ScorePolicy | None = api.settings.policies.get(score.name)
        if policy is None:
            continue
        try:
            if score.trace_id is None:
                raise DataError("it is about no trace, so its interaction is unknown")  # noqa: TRY301
            broken = policy.is_broken_by(score)
        except DataError as error:
            api.set_aside(f"score {score.score_id} ({score.name})", 1, str(error))
            continue
        yield Check(score.trace_id, score.at, api.settings.feature, policy.policy, broken, policy.action)


def _ceil_hour(moment: datetime) -> datetime:
    hour = floor_hour(moment)
    return hour if hour == moment else hour + HOUR


SOURCE = Source(
    name="langfuse_safety",
    title="Langfuse safety scores",
    role="metrics",
    writes=SafetyHour,
    settings=LangfuseSafetySettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="14d",
    chunk="7d",
    grain="1h",
)
