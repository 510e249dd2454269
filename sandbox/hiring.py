"""How the company hires, and how fresh its controls are, as its systems export it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sandbox.catalog import TEAMS
from sandbox.company import Company
from sandbox.people import HISTORY_MONTHS, history_start
from sandbox.timeline import month_start

OPENING_COLUMNS = (
    "opening_id",
    "job_title",
    "department",
    "opened_at",
    "filled_at",
    "offer_accepted_at",
    "start_date",
    "status",
    "is_ai_role",
)
MEASUREMENT_COLUMNS = ("metric", "group_name", "period_start", "period_end", "numerator", "denominator")

_TITLES = ("ML Engineer", "Data Engineer", "Prompt Engineer", "AI Product Manager")
_PER_MONTH = 2
_DAYS_TO_FILL = 58
_STAGES = (("screening", 0.34), ("interview", 0.45), ("case study", 0.55), ("offer", 0.84))
"""Stage → the share that passes it."""
_APPLICANTS = 120
_CONTROLS = 46


def opening_rows(company: Company, end: date) -> Iterator[tuple[object, ...]]:
    """In the order of OPENING_COLUMNS, as known at `end`: two a month, filled in about eight weeks, some cancelled."""
    for month in _months(company):
        for place in range(_PER_MONTH):
            draw = Random(f"{company.seed}/opening/{month}/{place}")
            opened = month + timedelta(days=draw.randint(0, 27))
            if opened >= end:
                continue
            accepted = opened + timedelta(days=round(draw.gauss(_DAYS_TO_FILL, 14)))
            starts = accepted + timedelta(days=draw.choice((21, 30, 45, 60)))
            filled = accepted + timedelta(days=2)
            is_cancelled = draw.random() < 0.08
            status = "open" if filled >= end else "cancelled" if is_cancelled else "filled"
            times = (filled, accepted, starts) if status == "filled" else ("", "", "")
            key = f"REQ-{month:%y%m}{place + 1}"
            yield (key, draw.choice(_TITLES), draw.choice(TEAMS).name, opened, *times, status, "true")


def measurement_rows(company: Company, end: date) -> Iterator[tuple[object, ...]]:
    """In the order of MEASUREMENT_COLUMNS: stages and controls by month, the first six months by half year."""
    for month in _months(company):
        after = month_start(month, 1)
        if after > end:
            break
        draw = Random(f"{company.seed}/pipeline/{month}")
        entered = round(_APPLICANTS * (0.85 + 0.3 * draw.random()))
        for stage, share in _STAGES:
            passed = round(entered * share * (0.94 + 0.12 * draw.random()))
            yield ("hiring_stage_pass", stage, month, after, passed, entered)
            entered = passed
        fresh = _CONTROLS - draw.randint(0, 4)
        yield ("controls_fresh", "", month, after, fresh, _CONTROLS)
        if after.month in (1, 7):
            hires = draw.randint(7, 10)
            yield ("six_month_pass", "", month_start(after, -6), after, hires - draw.randint(0, 1), hires)


def _months(company: Company) -> Iterator[date]:
    """The months of the files, and those after the anchor: the demo may run for weeks."""
    start = history_start(company)
    return (month_start(start, offset) for offset in range(HISTORY_MONTHS + 13))
