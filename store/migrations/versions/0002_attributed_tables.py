"""Owners joined into tables instead of views, shared costs, exchange rates, and revisions of the operator's files."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

VIEWS = ("attributed_cost_day", "attributed_usage_day")
INDEXED = (*VIEWS, "scope_cost_day")


def upgrade() -> None:
    for name in VIEWS:
        op.execute(f"drop view {name}")
    op.add_column("attribution", sa.Column("team", sa.Text(), nullable=True))
    op.add_column("cost_day", sa.Column("token_type", sa.Text(), nullable=True))
    op.create_table(
        "attributed_cost_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("token_type", sa.Text(), nullable=True),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("cost_center", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("billing_currency", sa.Text(), nullable=False),
        sa.Column("allocation", sa.Text(), nullable=True),
        sa.Column("billed_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("effective_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("request_cost", sa.Numeric(38, 12), nullable=True),
        sa.Column("token_cost", sa.Numeric(38, 12), nullable=True),
    )
    op.create_table(
        "scope_cost_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("billed_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("effective_cost", sa.Numeric(38, 12), nullable=False),
    )
    op.create_table(
        "attributed_usage_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("cost_center", sa.Text(), nullable=True),
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("total_tokens", sa.BigInteger(), nullable=True),
        sa.Column("request_count", sa.BigInteger(), nullable=True),
        sa.Column("costed_tokens", sa.BigInteger(), nullable=True),
        sa.Column("costed_request_count", sa.BigInteger(), nullable=True),
        sa.Column("estimated_cost", sa.Numeric(18, 9), nullable=True),
        sa.Column("unpriced_tokens", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "fx_rate",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("to_currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(38, 12), nullable=False),
    )
    op.create_table(
        "allocation_rule",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=True),
        sa.Column("share", sa.Numeric(38, 12), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
    )
    op.create_table(
        "commitment",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(38, 12), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
    )
    op.create_table(
        "reference_file",
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in INDEXED:
            op.create_index(f"{name}_by_day", name, ["day"])
