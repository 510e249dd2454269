"""The kinds of OpenSLO v1 as they are written. An unknown key is an error."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

API_VERSION = "openslo/v1"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]
"""A DNS label, as OpenSLO and Kubernetes have it, and dots."""
Ratio = Annotated[Decimal, Field(gt=0, lt=1, decimal_places=12)]
Percent = Annotated[Decimal, Field(gt=0, lt=100, decimal_places=10)]
Shorthand = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | Decimal) else value)]
"""A duration; a bare number is told as one that lacks its unit."""
Text = Annotated[str, StringConstraints(max_length=1050)]


class Written(BaseModel):
    """Keys in camelCase; the other way of writing them is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class Metadata(Written):
    """Who this is. Annotations that begin with burnline/ are ours; all others belong to other tools."""

    name: Name
    display_name: str | None = None
    labels: dict[str, str | list[str]] = {}
    annotations: dict[str, str] = {}


class MetricSource(Written):
    """Where numbers come from; what `spec` may hold depends on the type."""

    metric_source_ref: str | None = None
    type: str | None = None
    spec: dict[str, Any] = {}


class Metric(Written):
    """One query."""

    metric_source: MetricSource


class RatioMetric(Written):
    """Good or bad, beside total."""

    counter: bool = False
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    raw: Metric | None = None
    raw_type: Literal["success", "failure"] | None = None


class SliSpec(Written):
    """One of the two."""

    description: Text = ""
    ratio_metric: RatioMetric | None = None
    threshold_metric: Metric | None = None


class InlineSli(Written):
    """An indicator where it is used."""

    api_version: Literal["openslo/v1"] = "openslo/v1"
    kind: Literal["SLI"] = "SLI"
    metadata: Metadata | None = None
    spec: SliSpec


class CalendarStart(Written):
    """When the first window begins, on the wall clock of a time zone."""

    start_time: str
    time_zone: str


class TimeWindow(Written):
    """Rolling, or aligned to a calendar."""

    duration: Shorthand
    is_rolling: bool | None = None
    calendar: CalendarStart | None = None


class ObjectiveSpec(Written):
    """How much is promised; `op` and `value` are for thresholds, an indicator of its own makes a composite."""

    display_name: str | None = None
    op: Literal["lte", "gte", "lt", "gt"] | None = None
    value: Annotated[Decimal, Field(gt=0)] | None = None
    target: Ratio | None = None
    target_percent: Percent | None = None
    time_slice_target: Annotated[Decimal, Field(gt=0, le=1, decimal_places=12)] | None = None
    time_slice_window: int | str | None = None
    indicator: InlineSli | None = None
    indicator_ref: str | None = None
    composite_weight: Annotated[Decimal, Field(gt=0)] | None = None


class Condition(Written):
    """A burn rate over a long window."""

    kind: Literal["burnrate"] = "burnrate"
    op: Literal["gt"] = "gt"
    threshold: Annotated[Decimal, Field(decimal_places=12)]
    lookback_window: Shorthand
    alert_after: Shorthand = "0m"


class ConditionSpec(Written):
    """What an AlertCondition holds."""

    description: Text = ""
    severity: str
    condition: Condition


class ConditionItem(Written):
    """A condition of a policy: named, or written where it is used."""

    condition_ref: str | None = None
    api_version: Literal["openslo/v1"] = "openslo/v1"
    kind: Literal["AlertCondition"] = "AlertCondition"
    metadata: Metadata | None = None
    spec: ConditionSpec | None = None


class PolicySpec(Written):
    """What an AlertPolicy holds; where alerts go is a matter of burnline.toml."""

    description: Text = ""
    alert_when_no_data: bool = False
    alert_when_resolved: bool = False
    alert_when_breaching: bool = True
    conditions: list[ConditionItem]
    notification_targets: list[dict[str, Any]] = []


class PolicyItem(Written):
    """A policy of an SLO: named, or written where it is used."""

    alert_policy_ref: str | None = None
    api_version: Literal["openslo/v1"] = "openslo/v1"
    kind: Literal["AlertPolicy"] = "AlertPolicy"
    metadata: Metadata | None = None
    spec: PolicySpec | None = None


class SloSpec(Written):
    """What an SLO holds."""

    description: Text = ""
    service: str
    indicator: InlineSli | None = None
    indicator_ref: str | None = None
    time_window: Annotated[list[TimeWindow], Field(min_length=1)]
    budgeting_method: Literal["Occurrences", "Timeslices", "RatioTimeslices"] = "Occurrences"
    objectives: Annotated[list[ObjectiveSpec], Field(min_length=1)]
    alert_policies: list[PolicyItem] | None = None


class ServiceSpec(Written):
    """What a Service holds."""

    description: Text = ""


class DataSourceSpec(Written):
    """What a DataSource holds. `connectionDetails` names the table of burnline.toml that holds address and secret."""

    description: Text = ""
    type: str
    connection_details: dict[str, Any] = {}


class TargetSpec(Written):
    """What an AlertNotificationTarget holds: nothing that Burnline uses."""

    description: Text = ""
    target: str


class _Kind(Written):
    api_version: Literal["openslo/v1"]
    metadata: Metadata


class Slo(_Kind):
    """kind: SLO"""

    kind: Literal["SLO"]
    spec: SloSpec


class Sli(_Kind):
    """kind: SLI"""

    kind: Literal["SLI"]
    spec: SliSpec


class Service(_Kind):
    """kind: Service"""

    kind: Literal["Service"]
    spec: ServiceSpec = ServiceSpec()


class AlertPolicy(_Kind):
    """kind: AlertPolicy"""

    kind: Literal["AlertPolicy"]
    spec: PolicySpec


class AlertCondition(_Kind):
    """kind: AlertCondition"""

    kind: Literal["AlertCondition"]
    spec: ConditionSpec


class DataSource(_Kind):
    """kind: DataSource"""

    kind: Literal["DataSource"]
    spec: DataSourceSpec


class AlertNotificationTarget(_Kind):
    """kind: AlertNotificationTarget"""

    kind: Literal["AlertNotificationTarget"]
    spec: TargetSpec


Object = Slo | Sli | Service | AlertPolicy | AlertCondition | DataSource | AlertNotificationTarget
KINDS: dict[str, type[Object]] = {
    "SLO": Slo,
    "SLI": Sli,
    "Service": Service,
    "AlertPolicy": AlertPolicy,
    "AlertCondition": AlertCondition,
    "DataSource": DataSource,
    "AlertNotificationTarget": AlertNotificationTarget,
}


def known_keys() -> set[str]:
    """Every key that some kind has."""
    models: list[type[BaseModel]] = [*Written.__subclasses__(), *_Kind.__subclasses__()]
    return {field.alias or name for model in models for name, field in model.model_fields.items()}
