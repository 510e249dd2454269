"""An endpoint on this machine, and letters to send to it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.notice import Notice
from alerts.sink import Letter
from tests.alerts.loopback import Endpoint, serving

AT = datetime(2026, 11, 22, 8, 26, tzinfo=UTC)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving() as endpoint:
        yield endpoint


@pytest.fixture
def letter() -> Any:
    """A letter about one problem; keywords replace what it says."""

    def made(message_id: str = "m1", root: str | None = None, remaining: str | None = None, **said: Any) -> Letter:
        told: dict[str, Any] = {
            "fingerprint": "budget:team:x",
            "transition": "opened",
            "severity": "ticket",
            "is_open": True,
            "title": "Team x is over its budget",
            "lead": "",
            "summary": "Team x has spent $9 of $8.",
            "fields": (("Spent", "$9 of $8"),),
            "since": AT,
            "runbook": "docs/runbooks/budget_threshold.md",
            "link": "http://127.0.0.1:8501/spend?team=x",
        }
        notice = Notice(**{**told, **said})
        return Letter(message_id=message_id, notice=notice, created_at=AT, root=root, remaining=remaining)

    return made
