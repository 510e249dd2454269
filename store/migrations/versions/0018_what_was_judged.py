"""What a frozen KPI was judged by: the number that its target compared, what that number is, and its limit."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("kpi_snapshot", sa.Column("judged", sa.Float(53), nullable=True))
    op.add_column("kpi_snapshot", sa.Column("judged_as", sa.Text(), nullable=True))
    op.add_column("kpi_snapshot", sa.Column("limited_to", sa.Text(), nullable=True))
