"""Who acknowledged an alert, what people asked of it, silences, digests, and how often rules would have fired."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("alert", sa.Column("acknowledged_at", sa.DateTime(), nullable=True))
    op.add_column("alert", sa.Column("acknowledged_by", sa.Text(), nullable=True))
    op.add_column("alert", sa.Column("silence_id", sa.Text(), nullable=True))
    op.add_column("alert_delivery", sa.Column("digest_on", sa.Date(), nullable=True))
    op.add_column("alert_event", sa.Column("actor", sa.Text(), nullable=True))
    op.add_column("alert_event", sa.Column("reason", sa.Text(), nullable=True))
    op.create_table(
        "alert_silence",
        sa.Column("silence_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("feature", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "alert_request",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("picked_up_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "rule_past",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("fired_count", sa.BigInteger(), nullable=True),
    )
