"""The tables of one row per thing that leadership reviews. Words and checks are here, columns in the store."""

from typing import Any

from collectors.openings import CANCELLED, FILLED, ON_HOLD, OPEN, complete_opening
from collectors.row_table import RowTable
from collectors.small_groups import small_groups
from collectors.table_file import RowError
from domain.measures import ANSWERS, EVERYBODY, MEASURES, SURVEYED
from store.tables import (
    Defect,
    Evaluation,
    EvidenceRequest,
    Experiment,
    Measurement,
    Opening,
    Release,
    Spec,
)

SPECS = RowTable(row=Spec, key=("spec_id",), in_order=(("approved_at", "done_at"),))
RELEASES = RowTable(
    row=Release,
    key=("release_id",),
    words={
        "kind": ("feature", "prompt", "model", "code"),
        "status": ("released", "failed", "pending", "reverted"),
    },
    in_order=(("created_at", "released_at"),),
)
EVALUATIONS = RowTable(
    row=Evaluation,
    key=("evaluation_id",),
    words={"kind": ("automated", "regression", "human", "online")},
    between={"score": (0, 1), "score_stddev": (0, float("inf"))},
)
EXPERIMENTS = RowTable(
    row=Experiment,
    key=("experiment_id",),
    words={
        "status": ("draft", "running", "stopped", "archived"),
        "outcome": ("won", "lost", "inconclusive", "aborted"),
    },
    in_order=(("started_at", "ended_at"), ("started_at", "decided_at")),
)
DEFECTS = RowTable(
    row=Defect,
    key=("defect_id",),
    words={
        "status": ("open", "resolved", "declined", "duplicate"),
        "severity": ("critical", "high", "medium", "low"),
        "reported_by": ("customer", "internal"),
    },
    in_order=(("reported_at", "resolved_at"),),
)
EVIDENCE = RowTable(row=EvidenceRequest, key=("request_id",), in_order=(("requested_at", "delivered_at"),))
OPENINGS = RowTable(
    row=Opening,
    key=("opening_id",),
    words={"status": (OPEN, FILLED, CANCELLED, ON_HOLD)},
    in_order=(("opened_at", "filled_at"), ("opened_at", "offer_accepted_at")),
    columns={"team": "department", "starts_at": "start_date"},
    needs=("team", "filled_at", "offer_accepted_at", "starts_at", "is_ai_role"),
    extras=("job_title",),
    complete=complete_opening,
)


def complete_measurement(values: dict[str, Any], _: Any) -> dict[str, Any]:
    """A row that names only its team is of that team's group. Raises RowError for what no measurement can be."""
    if values["period_end"] <= values["period_start"]:
        raise RowError("period_end is not after period_start")
    measure = MEASURES.get(values["metric"])
    lacking = next((name for name in measure.fields if name not in values), None) if measure else None
    if lacking:
        raise RowError(f"{lacking} is empty, which {values['metric']} cannot do without")
    if not {"value", "numerator", "promoter_count"} & values.keys():
        raise RowError("value and numerator are empty, so the row measures nothing")
    if ANSWERS not in values and (asked := next((name for name in SURVEYED if name in values), None)):
        raise RowError(f"{ANSWERS} is empty, which a row with {asked} cannot do without")
    if "team" in values:
        values.setdefault("group_name", values["team"])
    if values.get("group_name", "").lower() in EVERYBODY:
        del values["group_name"]
    return values


MEASUREMENTS = RowTable(
    row=Measurement,
    key=("metric", "group_name", "period_start", "period_end"),
    parts=(
        (("numerator",), "denominator"),
        (("promoter_count", "detractor_count"), "answer_count"),
        (("answer_count",), "invited_count"),
    ),
    between={"stddev": (0, float("inf"))},
    complete=complete_measurement,
    keeps_back=small_groups,
)
