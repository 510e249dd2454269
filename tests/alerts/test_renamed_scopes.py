"""A team that is renamed: its problem goes on under the new name, and the alert of the old one ends."""

from datetime import timedelta

import sqlalchemy as sa

from alerts import check
from alerts.detection.evaluate import detect_if_new
from config.settings import Settings
from store import attributed
from store.engine import Store
from tests.alerts.support import alerts
from tests.alerts.test_detection import DAYS, FIRST, NOW, RULES
from tests.support.watched import Watched, declare, known_to

COST = {"cost_anomaly": RULES["cost_anomaly"]}


def test_the_alert_of_a_name_that_is_no_more_ends_and_the_new_name_has_one(duckdb_store: Store) -> None:
    declare(duckdb_store)
    watched = Watched(FIRST, DAYS)
    watched.unit_cost["desk"][-1] *= 1.7
    watched.write(duckdb_store)

    def told(minutes: int) -> dict[str, str]:
        now = NOW + timedelta(minutes=minutes)
        known_to(duckdb_store, now)
        assert detect_if_new(duckdb_store, Settings(), now)
        check(duckdb_store, Settings(), now, rules=COST)
        return {one.title.partition(":")[0]: one.status for one in alerts(duckdb_store)}

    assert told(0) == {"Cost of team Support": "open"}
    with duckdb_store.write() as connection:
        connection.execute(sa.text("update feature set team = 'Care' where team = 'Support'"))
        attributed.rebuild(connection)
    assert told(10) == {"Cost of team Support": "resolved", "Cost of team Care": "open"}
    (old,) = [one for one in alerts(duckdb_store) if "Support" in one.title]
    assert "no longer watched" in old.summary
