"""An alert is told at several destinations, each with an id of its own there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ALERT = (
    "alert_id, fingerprint, rule, severity, status, title, summary, owner, page_path, level, impact_cost, currency, "
    "opened_at, updated_at, resolved_at"
)
MESSAGE = (
    "message_id, alert_id, position, sink, target, action, payload, status, created_at, attempt_count, "
    "next_attempt_at, sent_at, error_code"
)
TOLD = """
insert into alert_delivery (alert_id, destination, sink, target, reason, added_at, external_id)
select a.alert_id, o.sink, o.sink, min(o.target), 'the default, since no route takes it', min(o.created_at),
  min(a.external_id)
from alert_before a join outbox_before o on o.alert_id = a.alert_id
group by a.alert_id, o.sink
"""
"""So far the only destination was the channel of [slack], which is called as its sink."""


def upgrade() -> None:
    op.execute("create table alert_before as select * from alert")
    op.execute("create table outbox_before as select * from outbox")
    op.drop_table("alert")
    op.drop_table("outbox")
    op.create_table(
        "alert",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("page_path", sa.Text(), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("impact_cost", sa.Numeric(38, 12), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("sink", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("remaining", sa.Text(), nullable=True),
    )
    op.create_table(
        "alert_delivery",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("sink", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
    )
    op.execute(f"insert into alert ({ALERT}) select {ALERT} from alert_before")  # noqa: S608  constants of this file
    op.execute(f"insert into outbox ({MESSAGE}, destination) select {MESSAGE}, sink from outbox_before")  # noqa: S608  constants of this file
    op.execute(TOLD)
    op.drop_table("alert_before")
    op.drop_table("outbox_before")
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("alert_delivery_by_alert_id", "alert_delivery", ["alert_id", "destination"], unique=True)
