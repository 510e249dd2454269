"""What every source of evaluations is told of its metrics: the scale of each, its task, and how it is run."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from math import isfinite
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from collectors.errors import DataError

Kind = Literal["automated", "regression", "human", "online"]


class Metric(BaseModel):
    """`minimum` and `maximum` are the ends of the scale; a value without them is kept and has no score."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str | None = Field(default=None, min_length=1)
    kind: Kind | None = None
    minimum: float | None = Field(default=None, allow_inf_nan=False)
    maximum: float | None = Field(default=None, allow_inf_nan=False)
    higher_is_better: bool = True

    @model_validator(mode="after")
    def _whole_scale(self) -> Self:
        if (self.minimum is None) != (self.maximum is None):
            raise ValueError("give both minimum and maximum, or neither")
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            raise ValueError("minimum must be less than maximum")
        return self

    def score(self, value: float) -> float | None:
        """The value on 0 to 1, higher is better; None without a scale. Raises DataError for one outside the scale."""
        if self.minimum is None or self.maximum is None:
            return None
        if not self.minimum <= value <= self.maximum:
            raise DataError(f"{value:g} is not on the scale from {self.minimum:g} to {self.maximum:g}; correct it")
        share = (value - self.minimum) / (self.maximum - self.minimum)
        return share if self.higher_is_better else 1 - share

    def spread(self, stddev: float) -> float | None:
        """A standard deviation of values as one of scores; None without a scale."""
        if self.minimum is None or self.maximum is None or not (isfinite(stddev) and stddev >= 0):
            return None
        return stddev / (self.maximum - self.minimum)


OfMetric = TypeVar("OfMetric", bound=Metric)


def metric_of(metrics: Mapping[str, OfMetric], name: str) -> OfMetric | None:
    """The first whose glob matches the name; None for a metric that nobody wants."""
    return next((metric for glob, metric in metrics.items() if name == glob or fnmatchcase(name, glob)), None)
