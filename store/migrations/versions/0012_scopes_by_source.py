"""Whose requests an objective counts, by source. The SLO files fill it again: they count as changed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.drop_table("slo_scope")
    op.create_table(
        "slo_scope",
        sa.Column("slo", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
    )
    op.execute("update slo_objective set digest = ''")
    op.execute("update reference_file set digest = '' where file_name = 'slos'")
