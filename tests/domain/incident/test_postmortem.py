"""Who owes a postmortem, and by when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.incident.postmortem import postmortem_due_at, postmortem_state
from tests.domain.incident.times import at, incident

GRAVE = incident(impact_started=0, mitigated=60, resolved=600)
DUE = at(60) + timedelta(hours=72)


def test_it_is_due_72_hours_after_the_impact_ended() -> None:
    assert postmortem_due_at(GRAVE) == DUE
    assert postmortem_state(GRAVE, DUE) == "due"
    assert postmortem_state(GRAVE, DUE + timedelta(seconds=1)) == "overdue"


@pytest.mark.parametrize("severity", ["sev3", "sev4", None])
def test_only_sev1_and_sev2_owe_one(severity: str | None) -> None:
    assert postmortem_state(replace(GRAVE, severity=severity), DUE) is None


@pytest.mark.parametrize("status", ["open", "merged", "declined"])
def test_nothing_is_owed_while_it_is_open_nor_by_what_was_none(status: str) -> None:
    assert postmortem_due_at(replace(GRAVE, status=status)) is None


def test_a_published_one_is_published_also_when_late() -> None:
    late = replace(GRAVE, postmortem_published_at=DUE + timedelta(days=9))
    assert postmortem_state(late, DUE + timedelta(days=8)) == "overdue"
    assert postmortem_state(late, DUE + timedelta(days=9)) == "published"


def test_a_date_of_the_source_goes_first() -> None:
    assert postmortem_due_at(replace(GRAVE, severity="sev4", postmortem_due_at=at(99))) == at(99)
