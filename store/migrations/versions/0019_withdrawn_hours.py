"""Since when an hour that warned early warns no more."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("anomaly_hour", sa.Column("withdrawn_at", sa.DateTime(), nullable=True))
