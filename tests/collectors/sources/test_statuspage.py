"""Providers' status pages: both kinds of host, incidents that came back, and pages that are none."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from collectors.errors import DataError
from collectors.refusals import RefusedError
from collectors.sources.statuspage import SOURCE
from domain.window import Window
from store.tables import Incident, IncidentSpan

WINDOW = Window(datetime(2026, 10, 6, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC))
NEWEST, UNRESOLVED = "/api/v2/incidents.json", "/api/v2/incidents/unresolved.json"
PAGE = {"provider": "openai", "base_url": "https://status.example.com"}

Collected = Callable[..., list[Any]]


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def found(vendor: Any, recorded: Any, collected: Collected) -> Callable[..., dict[str, Incident]]:
    vendor.says(NEWEST, recorded("statuspage/incidents"))
    vendor.says(UNRESOLVED, recorded("statuspage/unresolved"))

    def read(**settings: Any) -> dict[str, Incident]:
        rows = collected(SOURCE, WINDOW, **PAGE, **settings)
        return {row.incident_id: row for row in rows if isinstance(row, Incident)}

    return read


def test_an_incident_of_a_provider_is_marked_as_its_own(found: Any) -> None:
    one = found()["p4back"]
    assert (one.provider, one.service, one.url) == ("openai", "Vendor", "https://stspg.io/p4back")
    assert (one.severity, one.severity_from, one.components) == ("sev2", "impact", "API; Console")
    assert (one.acknowledged_at, one.postmortem_due_at) == (None, None)


def test_what_came_back_has_two_spans_and_monitoring_ends_the_first(
    vendor: Any, recorded: Any, collected: Collected
) -> None:
    vendor.says(NEWEST, recorded("statuspage/incidents"))
    vendor.says(UNRESOLVED, recorded("statuspage/unresolved"))
    rows = [row for row in collected(SOURCE, WINDOW, **PAGE) if isinstance(row, IncidentSpan)]
    assert [(row.started_at, row.ended_at) for row in rows if row.incident_id == "p4back"] == [
        (at(3, 10), at(3, 11)),
        (at(3, 14), at(3, 15)),
    ]
    assert [row.ended_at for row in rows if row.incident_id == "p5open"] == [None]


def test_a_page_of_the_other_host_may_lack_the_end_and_the_components(found: Any) -> None:
    one = found()["01KMIGRATEDULID"]
    assert (one.status, one.resolved_at, one.components) == ("resolved", at(2, 9, 40), "Images")


def test_what_is_not_over_is_read_however_old_it_is(found: Any) -> None:
    old = found()["p1old"]
    assert (old.status, old.declared_at, old.resolved_at) == ("open", at(1, 9, month=8), None)


def test_only_components_that_matter_are_kept(found: Any) -> None:
    assert found(components=("Image*",)).keys() == {"01KMIGRATEDULID"}


def test_an_incident_without_components_is_kept(vendor: Any, recorded: Any, collected: Collected, found: Any) -> None:
    page = recorded("statuspage/incidents")
    page["incidents"][0]["components"] = []
    vendor.says(NEWEST, page)
    assert "p5open" in found(components=("Image*",))


def test_no_key_is_sent(vendor: Any, found: Any) -> None:
    found()
    assert "authorization" not in vendor.asked[0].headers


def test_a_page_that_moved_away_is_a_failure_and_not_a_quiet_day(vendor: Any, collected: Collected) -> None:
    vendor.says(UNRESOLVED, httpx2.Response(200, html="<html>We have moved</html>"))
    with pytest.raises(DataError, match="is not JSON"):
        collected(SOURCE, WINDOW, **PAGE)
    vendor.says(UNRESOLVED, httpx2.Response(301, headers={"location": "https://elsewhere.example.com"}))
    with pytest.raises(RefusedError, match="redirects"):
        collected(SOURCE, WINDOW, **PAGE)
