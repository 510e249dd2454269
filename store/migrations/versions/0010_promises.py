"""Promises: requests by hour and fate, latencies by bucket, and what each objective counts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

SERVED = (
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("service", sa.Text(), nullable=False),
    sa.Column("provider", sa.Text(), nullable=False),
    sa.Column("model", sa.Text(), nullable=True),
)
COUNTED = (
    sa.Column("slo", sa.Text(), nullable=False),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("good_count", sa.BigInteger(), nullable=False),
    sa.Column("total_count", sa.BigInteger(), nullable=False),
    sa.Column("excluded_count", sa.BigInteger(), nullable=False),
)
INDEXED = (
    ("request_hour", ("hour",)),
    ("latency_hour", ("hour",)),
    ("sli_minute", ("slo", "minute")),
    ("sli_hour", ("slo", "hour")),
)


def upgrade() -> None:
    op.create_table(
        "request_hour",
        sa.Column("hour", sa.DateTime(), nullable=False),
        *(column._copy() for column in SERVED),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("request_count", sa.BigInteger(), nullable=False),
        sa.Column("throttled_count", sa.BigInteger(), nullable=False),
        sa.Column("rejected_count", sa.BigInteger(), nullable=False),
        sa.Column("failed_count", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "latency_hour",
        sa.Column("hour", sa.DateTime(), nullable=False),
        *(column._copy() for column in SERVED),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("le_seconds", sa.Float(53), nullable=False),
        sa.Column("request_count", sa.BigInteger(), nullable=False),
    )
    for name, time in (("sli_minute", "minute"), ("sli_hour", "hour")):
        op.create_table(name, sa.Column(time, sa.DateTime(), nullable=False), *(column._copy() for column in COUNTED))
    op.create_table(
        "slo_objective",
        sa.Column("slo", sa.Text(), nullable=False),
        sa.Column("slo_name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("target", sa.Numeric(18, 9), nullable=False),
        sa.Column("threshold_seconds", sa.Numeric(18, 9), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("windows", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    op.create_table(
        "slo_scope",
        sa.Column("slo", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name, columns in INDEXED:
            op.create_index(f"{name}_by_{columns[-1]}", name, list(columns))
