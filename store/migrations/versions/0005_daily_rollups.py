"""Rollups of bills and usage for reconciliation, and of requests for the cost of failure."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "bill_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("service_tier", sa.Text(), nullable=True),
        sa.Column("token_type", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("charge_category", sa.Text(), nullable=False),
        sa.Column("billing_currency", sa.Text(), nullable=False),
        sa.Column("billed_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("effective_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("billed_quantity", sa.Numeric(38, 12), nullable=True),
    )
    op.create_table(
        "model_usage_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("service_tier", sa.Text(), nullable=True),
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("request_count", sa.BigInteger(), nullable=True),
        sa.Column("estimated_cost", sa.Numeric(18, 9), nullable=True),
        sa.Column("unpriced_tokens", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "request_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("customer_tier", sa.Text(), nullable=True),
        sa.Column("request_count", sa.BigInteger(), nullable=False),
        sa.Column("failed_count", sa.BigInteger(), nullable=False),
        sa.Column("retried_count", sa.BigInteger(), nullable=False),
        sa.Column("lost_count", sa.BigInteger(), nullable=False),
        sa.Column("total_tokens", sa.BigInteger(), nullable=True),
        sa.Column("failed_tokens", sa.BigInteger(), nullable=True),
        sa.Column("retried_tokens", sa.BigInteger(), nullable=True),
        sa.Column("lost_tokens", sa.BigInteger(), nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in ("bill_day", "model_usage_day", "request_day"):
            op.create_index(f"{name}_by_day", name, ["day"])
