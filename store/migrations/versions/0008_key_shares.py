"""Keys that several features share, split by a request log."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("attribution", sa.Column("split_by", sa.Text(), nullable=True))
    op.create_table(
        "key_share",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("split_by", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("cost_center", sa.Text(), nullable=True),
        sa.Column("share_from", sa.Numeric(38, 12), nullable=False),
        sa.Column("share_to", sa.Numeric(38, 12), nullable=False),
        sa.Column("unseen_share", sa.Numeric(38, 12), nullable=False),
        sa.Column("hours_by", sa.Text(), nullable=True),
        sa.Column("weighed_by", sa.Text(), nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("key_share_by_day", "key_share", ["day"])
