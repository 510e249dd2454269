"""Judged days of every watched series, what people answered, and plans among the annotations."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("annotation", sa.Column("ended_at", sa.DateTime(), nullable=True))
    op.add_column("annotation", sa.Column("factor", sa.Numeric(18, 9), nullable=True))
    op.create_table(
        "anomaly_day",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=True),
        sa.Column("threshold", sa.Float(53), nullable=True),
        sa.Column("actual", sa.Float(53), nullable=False),
        sa.Column("expected", sa.Float(53), nullable=True),
        sa.Column("base_count", sa.BigInteger(), nullable=True),
        sa.Column("is_alerting", sa.Boolean(), nullable=False),
        sa.Column("incident_on", sa.Date(), nullable=True),
        sa.Column("first_scored_at", sa.DateTime(), nullable=False),
        sa.Column("scored_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Float(53), nullable=True),
        sa.Column("shift", sa.Float(53), nullable=True),
        sa.Column("moved", sa.Float(53), nullable=True),
    )
    op.create_table(
        "anomaly_hour",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.Column("actual", sa.Float(53), nullable=False),
        sa.Column("expected", sa.Float(53), nullable=True),
    )
    op.create_table(
        "anomaly_feedback",
        sa.Column("feedback_id", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("factor", sa.Numeric(18, 9), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
    )
    op.create_table(
        "anomaly_run",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("series_count", sa.BigInteger(), nullable=False),
        sa.Column("scored_count", sa.BigInteger(), nullable=False),
        sa.Column("opened_count", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_count", sa.BigInteger(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("anomaly_day_by_series", "anomaly_day", ["metric", "scope_type", "day"])
