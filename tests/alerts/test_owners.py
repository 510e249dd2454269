"""Whose an alert is: of who says it nearest."""

from dataclasses import replace

import pytest

from alerts.base import Rule, Situation
from alerts.evaluation import evaluate
from config.settings import AlertOwners, Alerts, Settings
from store.engine import Store
from tests.alerts.problems import problem
from tests.alerts.support import NOW

OWNERS = Settings(alerts=Alerts(owners=AlertOwners(cost="FinOps", safety="Security")))


@pytest.mark.parametrize(
    ("kind", "owner", "scope", "expected"),
    [
        ("cost", "Ana", {"team": "Discovery"}, "Ana"),
        ("cost", None, {"team": "Discovery"}, "Discovery"),
        ("cost", None, {"provider": "openai"}, "FinOps"),
        ("safety", None, {}, "Security"),
        ("source", None, {}, None),
    ],
)
def test_an_alert_is_its_features_else_its_teams_else_whom_the_settings_name(
    duckdb_store: Store, kind: str, owner: str | None, scope: dict[str, str], expected: str | None
) -> None:
    found = replace(problem(), owner=owner, scope=scope)
    rule = Rule("r", "1m", {}, lambda *_: [found], kind=kind)  # type: ignore[arg-type]
    (told,) = evaluate(duckdb_store, {"r": rule}, Situation(NOW, OWNERS)).findings["r"]
    assert told.owner == expected
