"""Prices by context, discounts, image tokens, and usage by what decides its price."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MODALITIES = ("cache_read_audio_tokens", "input_image_tokens", "cache_read_image_tokens", "output_image_tokens")
KINDS = (
    "uncached_input_tokens",
    "cache_read_input_tokens",
    "cache_write_5m_input_tokens",
    "cache_write_1h_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "input_audio_tokens",
    "cache_read_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "cache_read_image_tokens",
    "output_image_tokens",
)


def upgrade() -> None:
    for name in MODALITIES:
        op.add_column("token_usage", sa.Column(name, sa.BigInteger(), nullable=True))
    _add_context()
    op.create_table(
        "price_discount",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("service_tier", sa.Text(), nullable=False),
        sa.Column("discount_ratio", sa.Numeric(38, 12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
    )
    op.create_table(
        "priced_usage_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("service_tier", sa.Text(), nullable=False),
        sa.Column("context_window", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in KINDS),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(38, 12), nullable=True),
        sa.Column("estimated_cost", sa.Numeric(18, 9), nullable=True),
        sa.Column("unpriced_tokens", sa.BigInteger(), nullable=False),
        sa.Column("unpriced_quantity", sa.Numeric(38, 12), nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("priced_usage_day_by_day", "priced_usage_day", ["day"])


def _add_context() -> None:
    """The table is made anew: not every engine adds a column that may not be empty."""
    kept = "provider, model, service_tier, unit, price_per_million, currency, valid_from, valid_to, version"
    op.execute(f"create table price_before as select {kept} from price")  # noqa: S608  constants of this file
    op.drop_table("price")
    op.create_table(
        "price",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("service_tier", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_per_million", sa.Numeric(38, 12), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("context_window", sa.Text(), nullable=False),
    )
    op.execute(f"insert into price ({kept}, context_window) select {kept}, '' from price_before")  # noqa: S608  constants of this file
    op.drop_table("price_before")
