"""What people report and no system measures, by standard names: the KPIs read these, any other name is kept, too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of `measurement`. `fields` must be filled; `people` names the one that says how many people stand
    behind a group's value, None where it tells nothing of single people."""

    name: str
    meaning: str
    unit: str
    fields: tuple[str, ...]
    people: str | None = None


ENGAGEMENT_ENPS = "engagement_enps"
STAKEHOLDER_SATISFACTION = "stakeholder_satisfaction"
HEADCOUNT = "headcount"
VOLUNTARY_LEAVERS = "voluntary_leavers"
HIRING_STAGE_PASS = "hiring_stage_pass"  # noqa: S105 - a stage that is passed
SIX_MONTH_PASS = "six_month_pass"  # noqa: S105 - a probation that is passed
CONTROLS_FRESH = "controls_fresh"

ANSWERS = "answer_count"
"""How many stand behind a value of any other name, where the row says it."""

SURVEYED = ("promoter_count", "detractor_count", "invited_count", "stddev")
"""Only answers of people have these, so a row with one of them must say how many answered."""
EVERYBODY = ("all", "everybody", "everyone", "overall", "total")
"""What exports call the group of all; taken for one of many, it would let small groups be worked out."""

MEASURES = {
    measure.name: measure
    for measure in (
        Measure(
            ENGAGEMENT_ENPS,
            "would recommend the team as a place to work, 0 to 10: promoters say 9 or 10, detractors 0 to 6",
            "points: 100 × (promoter_count − detractor_count) / answer_count; value is the mean answer",
            (ANSWERS, "promoter_count", "detractor_count"),
            ANSWERS,
        ),
        Measure(
            STAKEHOLDER_SATISFACTION,
            "how content those are who use or pay for what AI teams make, 0 to 10",
            "value: mean answer; the counts of promoters and detractors give the NPS beside it",
            ("value", ANSWERS),
            ANSWERS,
        ),
        Measure(
            HEADCOUNT, "people in the group at the last snapshot of the period", "value: full-time posts", ("value",)
        ),
        Measure(
            VOLUNTARY_LEAVERS,
            "who left by their own wish in the period",
            "value: people; denominator: the group's headcount in the period",
            ("value", "denominator"),
            "denominator",
        ),
        Measure(
            HIRING_STAGE_PASS,
            "candidates that passed a stage, whose name is the group",
            "numerator: passed, denominator: entered",
            ("numerator", "denominator"),
        ),
        Measure(
            SIX_MONTH_PASS,
            "hires that perform as expected six months after their start",
            "numerator: as expected, denominator: hires whose six months ended in the period",
            ("numerator", "denominator"),
            "denominator",
        ),
        Measure(
            CONTROLS_FRESH,
            "required controls whose evidence is recent enough",
            "numerator: fresh, denominator: required",
            ("numerator", "denominator"),
        ),
    )
}


def people_field(metric: str) -> str | None:
    """The field that says how many people stand behind a value of this metric."""
    known = MEASURES.get(metric)
    return known.people if known else ANSWERS
