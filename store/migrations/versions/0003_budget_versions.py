"""Budgets keep every version of finance's file."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEPT = "scope_type, scope, period, period_start, period_end, amount, currency"


def upgrade() -> None:
    op.execute(f"create table budget_before as select {KEPT} from budget")  # noqa: S608  constants of this file
    op.drop_table("budget")
    op.create_table(
        "budget",
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(38, 12), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
    )
    op.execute(f"insert into budget ({KEPT}, version, position) select {KEPT}, '', 0 from budget_before")  # noqa: S608  constants of this file
    op.drop_table("budget_before")
