"""What closed weeks cost as it was known, kept for good."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "cost_snapshot",
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("billed_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("effective_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("watermark_at", sa.DateTime(), nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("cost_snapshot_by_week", "cost_snapshot", ["week_start"])
        op.create_index("cost_snapshot_by_time", "cost_snapshot", ["taken_at"])
