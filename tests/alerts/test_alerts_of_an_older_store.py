"""Alerts that were told before there were destinations go on where they were told."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

import store.migrate as migrate
from store.engine import open_store
from tests.alerts.support import alerts, deliveries, outbox

ALERT = "'f', 'r', 'page', 'open', 't', 's', null, null, 1, null, null, '2026-11-22', '2026-11-22', null"
MESSAGE = "'slack', 'C1', 'post', '{}', 'sent', '2026-11-22', 1, '2026-11-22', '2026-11-22', null"


@pytest.mark.filterwarnings("ignore")  # Alembic warns of dialects it knows by default DDL only
def test_they_keep_their_slack_message(tmp_path: Path) -> None:
    config = migrate._config()
    known = ScriptDirectory.from_config(config).walk_revisions()
    (revision,) = [each for each in known if "told at several destinations" in str(each.doc)]
    older = open_store(f"duckdb:///{tmp_path / 'older.duckdb'}")
    with older.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, str(revision.down_revision))
        connection.execute(sa.text(f"insert into alert values ('a1', {ALERT}, 'C1:1.5'), ('a2', {ALERT}, null)"))
        connection.execute(sa.text(f"insert into outbox values ('m1', 'a1', 1, {MESSAGE})"))
    migrate.upgrade(older)
    assert sorted(alert.alert_id for alert in alerts(older)) == ["a1", "a2"]
    (message,) = outbox(older)
    assert (message.destination, message.sink, message.remaining) == ("slack", "slack", None)
    (told,) = deliveries(older)
    assert (told.alert_id, told.destination, told.target, told.external_id) == ("a1", "slack", "C1", "C1:1.5")
    older.close()
