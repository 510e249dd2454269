"""What a survey's columns are called here, which question is which metric, and on which scale it was asked."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from collectors.row_files import Zone
from collectors.small_groups import PeopleSettings

PROMOTER_FROM, DETRACTOR_TO = 9, 6
"""Of the recommendation question, asked from 0 to 10: 9 and 10 promote, 0 to 6 detract."""
FROM_0_TO_10 = ("engagement_enps", "stakeholder_satisfaction")
"""Metrics of KPIs that say so: 4 of 5 would be read as 4 of 10."""
TOP_BOXES = 2
"""How many of a scale's highest answers are favourable: 4 and 5 of 5, 6 and 7 of 7, 9 and 10 of 0 to 10."""


class Question(BaseModel):
    """`metric` as in the store; `reversed`: agreeing is unfavourable, so answers are turned round."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str = Field(min_length=1)
    scale_min: int = 0
    scale_max: int = 10
    reversed: bool = False

    @model_validator(mode="after")
    def _is_scale(self) -> "Question":
        if self.scale_max - self.scale_min < TOP_BOXES:
            raise ValueError(f"scale_max is not at least {TOP_BOXES} above scale_min")
        if self.metric in FROM_0_TO_10 and not self.is_nps:
            raise ValueError(
                f"{self.metric} is of answers from 0 to 10, not {self.scale_min} to {self.scale_max}; "
                "ask it on that scale, or keep it as another metric"
            )
        return self

    @property
    def is_nps(self) -> bool:
        """Asked from 0 to 10."""
        return (self.scale_min, self.scale_max) == (0, 10)


def _from_name(given: Any) -> Any:
    return {"metric": given} if isinstance(given, str) else given


class SurveySettings(PeopleSettings):
    """`path`: a file or folder; `columns`: what we call a column → what the file does; `questions`: the id of a
    question, which is its column in files of single answers, → its metric, or a table with its scale. An answer counts
    in the calendar month, quarter, half or year, in `timezone`, that it was given in. `groups_are_teams`: groups are
    called like teams."""

    path: str = Field(min_length=1)
    timezone: Zone = "UTC"
    columns: dict[str, str] = Field(default_factory=dict)
    questions: dict[str, Annotated[Question, BeforeValidator(_from_name)]] = Field(min_length=1)
    groups_are_teams: bool = False
    period: Literal["month", "quarter", "half", "year"] = "quarter"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row is: file and number of the data row."""

    file_name: str
    number: int


MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
