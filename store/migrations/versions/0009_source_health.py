"""How each source is doing, added up from its runs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "source_health",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_started_at", sa.DateTime(), nullable=False),
        sa.Column("running_kind", sa.Text(), nullable=True),
        sa.Column("running_since_at", sa.DateTime(), nullable=True),
        sa.Column("last_kind", sa.Text(), nullable=True),
        sa.Column("last_status", sa.Text(), nullable=True),
        sa.Column("last_started_at", sa.DateTime(), nullable=True),
        sa.Column("last_finished_at", sa.DateTime(), nullable=True),
        sa.Column("last_row_count", sa.BigInteger(), nullable=True),
        sa.Column("error_kind", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("newest_finished_at", sa.DateTime(), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(), nullable=True),
        sa.Column("watermark_at", sa.DateTime(), nullable=True),
        sa.Column("run_count", sa.BigInteger(), nullable=False),
        sa.Column("ok_count", sa.BigInteger(), nullable=False),
        sa.Column("failed_since_ok_count", sa.BigInteger(), nullable=False),
        sa.Column("loaded_row_count", sa.BigInteger(), nullable=True),
        sa.Column("quarantined_count", sa.BigInteger(), nullable=True),
        sa.Column("reads_files", sa.Boolean(), nullable=False),
        sa.Column("backfill_start_at", sa.DateTime(), nullable=True),
    )
