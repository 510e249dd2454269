"""Files that reach the company every night beside the vendors' APIs; Burnline reads them as file sources."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Iterable
from dataclasses import astuple
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import sleep

from sandbox.company import Company
from sandbox.hiring import (
    MEASUREMENT_COLUMNS,
    OPENING_COLUMNS,
    measurement_rows,
    opening_rows,
)
from sandbox.host_bill import FOCUS_COLUMNS, focus_rows
from sandbox.hosting import host_charges
from sandbox.incident_actions import ACTION_COLUMNS, action_rows
from sandbox.outcomes import OUTCOME_COLUMNS, outcome_counts
from sandbox.parser_calls import LOG_COLUMNS, log_rows, parser_calls
from sandbox.people import (
    ENGAGEMENT_COLUMNS,
    HEADCOUNT_COLUMNS,
    STAKEHOLDER_COLUMNS,
    engagement_rows,
    headcount_rows,
    stakeholder_rows,
)
from sandbox.safety import SAFETY_COLUMNS, safety_counts

FOLDER = "exports"
HOST_BILL = "gpu-host-focus.csv"
PARSER_LOG = "contract-parser.csv"
OUTCOMES = "outcomes.csv"
SAFETY = "guardrails.csv"
INCIDENT_ACTIONS = "incident-actions.csv"
ENGAGEMENT = "engagement-survey.csv"
STAKEHOLDERS = "stakeholder-survey.csv"
HEADCOUNT = "headcount.csv"
OPENINGS = "hiring_openings.csv"
MEASUREMENTS = "people-measurements.csv"

HISTORY_DAYS = 120
"""The files go back that many days before the anchor, as far as the demo loads bills."""
_LOOK_SECONDS = 60


def write_exports(company: Company, folder: Path, now: datetime, history_days: int = HISTORY_DAYS) -> None:
    """Write every file up to the last whole UTC day. The same day gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    start, end = company.anchor - timedelta(days=history_days), now.date()
    _write(folder / HOST_BILL, FOCUS_COLUMNS, focus_rows(host_charges(company, start, end)))
    _write(folder / PARSER_LOG, LOG_COLUMNS, log_rows(parser_calls(company, start, end)))
    _write(folder / INCIDENT_ACTIONS, ACTION_COLUMNS, action_rows(company, datetime.combine(end, time(), UTC)))
    _write(folder / OUTCOMES, OUTCOME_COLUMNS, map(astuple, outcome_counts(company, start, end)))
    _write(folder / SAFETY, SAFETY_COLUMNS, map(astuple, safety_counts(company, start, end)))
    _write(folder / ENGAGEMENT, ENGAGEMENT_COLUMNS, engagement_rows(company, end))
    _write(folder / STAKEHOLDERS, STAKEHOLDER_COLUMNS, stakeholder_rows(company, end))
    _write(folder / HEADCOUNT, HEADCOUNT_COLUMNS, headcount_rows(company, end))
    _write(folder / OPENINGS, OPENING_COLUMNS, opening_rows(company, end))
    _write(folder / MEASUREMENTS, MEASUREMENT_COLUMNS, measurement_rows(company, end))


def keep_writing(company: Company, folder: Path, now: Callable[[], datetime]) -> None:
    """Write the files, and again after every midnight for as long as the process lives."""
    written = now()
    write_exports(company, folder, written)
    threading.Thread(target=_after_midnights, args=(company, folder, now, written.date()), daemon=True).start()


def _after_midnights(company: Company, folder: Path, now: Callable[[], datetime], written: date) -> None:
    while True:
        sleep(_LOOK_SECONDS)
        moment = now()
        if moment.date() != written:
            write_exports(company, folder, moment)
            written = moment.date()


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Whole or not at all: a reader may come in between."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    unfinished.replace(path)
