"""Outcomes of AI work, and the customer tier of a request."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("inference_request", sa.Column("customer_tier", sa.Text(), nullable=True))
    op.create_table(
        "outcome",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_count", sa.BigInteger(), nullable=False),
        sa.Column("customer_tier", sa.Text(), nullable=True),
        sa.Column("accepted_count", sa.BigInteger(), nullable=True),
        sa.Column("within_slo_count", sa.BigInteger(), nullable=True),
        sa.Column("safe_count", sa.BigInteger(), nullable=True),
        sa.Column("good_count", sa.BigInteger(), nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("outcome_by_day", "outcome", ["day"])
