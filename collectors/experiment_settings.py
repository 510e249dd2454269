"""What every source of experiments is told: whose an experiment is, and whether it is about AI."""

from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field

from collectors.base import SourceSettings
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from store.tables import Experiment

LOOKBACK = "365d"
"""An experiment is decided long after it was created; the lists are short and read whole."""
CHUNK = "3653d"


class ExperimentOwner(BaseModel):
    """Whose one experiment is, and whether it is about AI."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feature: str | None = None
    team: str | None = None
    is_ai: bool | None = None


class ExperimentSettings(SourceSettings):
    """`experiments`: glob of an experiment's key → `feature`, `team`, `is_ai`; the first that matches counts.

    `ai_tags`: an experiment with one of these tags is about AI. `is_ai` holds for those that nothing else says it of.
    `unstarted_is_aborted`: what was archived without a start counts as aborted."""

    api_key: SecretReference
    base_url: SafeUrl
    experiments: dict[str, ExperimentOwner] = Field(default_factory=dict)
    ai_tags: tuple[str, ...] = ()
    is_ai: bool | None = None
    unstarted_is_aborted: bool = True
    max_requests_per_second: float = Field(default=1.0, gt=0, le=1000)

    def own(self, experiment: Experiment, key: str, tags: list[str]) -> Experiment:
        """The experiment with its owner, and as aborted when it ended before it began."""
        owner = next((one for glob, one in self.experiments.items() if fnmatchcase(key, glob)), ExperimentOwner())
        tagged = True if set(tags) & set(self.ai_tags) else None
        told = (owner.is_ai, tagged, self.is_ai)
        experiment.feature, experiment.team = owner.feature, owner.team
        experiment.is_ai = next((known for known in told if known is not None), None)
        is_over = experiment.status == "archived" and experiment.started_at is None
        if is_over and experiment.outcome is None and self.unstarted_is_aborted:
            experiment.outcome = "aborted"
        return experiment
