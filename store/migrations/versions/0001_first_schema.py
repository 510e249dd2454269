"""First schema: facts, rollups, reference data, ledgers and the two attributed views."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ATTRIBUTED_COST_DAY = """
create view attributed_cost_day as
select
  c.day, c.source, c.provider, c.account_id, c.project_id, c.service, c.model, c.billing_currency,
  c.billed_cost, c.effective_cost, c.charge_count, c.attribution_key, a.api_key_id,
  coalesce(a.feature, 'unattributed') as feature,
  coalesce(f.name, 'Unattributed') as feature_name,
  coalesce(f.team, 'Unattributed') as team,
  coalesce(f.tier, 'unattributed') as tier,
  f.owner,
  coalesce(a.environment, 'unattributed') as environment,
  a.cost_center
from cost_day c
left join attribution a
  on a.attribution_key = c.attribution_key and c.day >= a.valid_from and c.day < a.valid_to
left join feature f on f.feature = a.feature
"""
"""Spans of one attribution key never overlap, so no row of the bill is lost or doubled."""

ATTRIBUTED_USAGE_DAY = """
create view attributed_usage_day as
select
  u.day, u.source, u.provider, u.account_id, u.project_id, u.api_key_id, u.service, u.model, u.service_tier,
  u.uncached_input_tokens, u.cache_read_input_tokens, u.cache_write_input_tokens, u.output_tokens,
  u.request_count, u.estimated_cost, u.unpriced_tokens, u.attribution_key,
  coalesce(a.feature, 'unattributed') as feature,
  coalesce(f.name, 'Unattributed') as feature_name,
  coalesce(f.team, 'Unattributed') as team,
  coalesce(f.tier, 'unattributed') as tier,
  f.owner,
  coalesce(a.environment, 'unattributed') as environment,
  a.cost_center
from usage_day u
left join attribution a
  on a.attribution_key = u.attribution_key and u.day >= a.valid_from and u.day < a.valid_to
left join feature f on f.feature = a.feature
"""

INDEXES = {
    "charge": ("source", "charge_period_start"),
    "token_usage": ("source", "started_at"),
    "inference_request": ("source", "started_at"),
    "cost_day": ("day",),
    "usage_day": ("day",),
    "attribution": ("attribution_key", "valid_from"),
    "collector_run": ("source", "started_at"),
}
"""For PostgreSQL only: DuckDB and Snowflake prune by their own block statistics."""

UNIQUE = ("attribution",)
"""A second owner of one key and day would double its costs."""


def upgrade() -> None:
    op.create_table(
        "charge",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("billing_account_id", sa.Text(), nullable=False),
        sa.Column("billing_currency", sa.Text(), nullable=False),
        sa.Column("billing_period_start", sa.DateTime(), nullable=False),
        sa.Column("billing_period_end", sa.DateTime(), nullable=False),
        sa.Column("charge_period_start", sa.DateTime(), nullable=False),
        sa.Column("charge_period_end", sa.DateTime(), nullable=False),
        sa.Column("charge_category", sa.Text(), nullable=False),
        sa.Column("invoice_issuer_name", sa.Text(), nullable=False),
        sa.Column("service_provider_name", sa.Text(), nullable=False),
        sa.Column("service_category", sa.Text(), nullable=False),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column("billed_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("effective_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("focus_version", sa.Text(), nullable=False),
        sa.Column("list_cost", sa.Numeric(38, 12), nullable=True),
        sa.Column("contracted_cost", sa.Numeric(38, 12), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("token_type", sa.Text(), nullable=True),
        sa.Column("service_tier", sa.Text(), nullable=True),
        sa.Column("price_basis", sa.Text(), nullable=True),
        sa.Column("allocated_method_details", sa.Text(), nullable=True),
        sa.Column("allocated_method_id", sa.Text(), nullable=True),
        sa.Column("allocated_resource_id", sa.Text(), nullable=True),
        sa.Column("allocated_resource_name", sa.Text(), nullable=True),
        sa.Column("allocated_tags", sa.Text(), nullable=True),
        sa.Column("availability_zone", sa.Text(), nullable=True),
        sa.Column("billing_account_name", sa.Text(), nullable=True),
        sa.Column("billing_account_type", sa.Text(), nullable=True),
        sa.Column("capacity_reservation_id", sa.Text(), nullable=True),
        sa.Column("capacity_reservation_status", sa.Text(), nullable=True),
        sa.Column("charge_class", sa.Text(), nullable=True),
        sa.Column("charge_description", sa.Text(), nullable=True),
        sa.Column("charge_frequency", sa.Text(), nullable=True),
        sa.Column("commitment_discount_category", sa.Text(), nullable=True),
        sa.Column("commitment_discount_id", sa.Text(), nullable=True),
        sa.Column("commitment_discount_name", sa.Text(), nullable=True),
        sa.Column("commitment_discount_quantity", sa.Numeric(38, 12), nullable=True),
        sa.Column("commitment_discount_status", sa.Text(), nullable=True),
        sa.Column("commitment_discount_type", sa.Text(), nullable=True),
        sa.Column("commitment_discount_unit", sa.Text(), nullable=True),
        sa.Column("commitment_program_eligibility_details", sa.Text(), nullable=True),
        sa.Column("consumed_quantity", sa.Numeric(38, 12), nullable=True),
        sa.Column("consumed_unit", sa.Text(), nullable=True),
        sa.Column("contract_applied", sa.Text(), nullable=True),
        sa.Column("contracted_unit_price", sa.Numeric(38, 12), nullable=True),
        sa.Column("host_provider_name", sa.Text(), nullable=True),
        sa.Column("invoice_detail_id", sa.Text(), nullable=True),
        sa.Column("invoice_id", sa.Text(), nullable=True),
        sa.Column("list_unit_price", sa.Numeric(38, 12), nullable=True),
        sa.Column("pricing_category", sa.Text(), nullable=True),
        sa.Column("pricing_currency", sa.Text(), nullable=True),
        sa.Column("pricing_currency_contracted_unit_price", sa.Numeric(38, 12), nullable=True),
        sa.Column("pricing_currency_effective_cost", sa.Numeric(38, 12), nullable=True),
        sa.Column("pricing_currency_list_unit_price", sa.Numeric(38, 12), nullable=True),
        sa.Column("pricing_quantity", sa.Numeric(38, 12), nullable=True),
        sa.Column("pricing_unit", sa.Text(), nullable=True),
        sa.Column("publisher_name", sa.Text(), nullable=True),
        sa.Column("region_id", sa.Text(), nullable=True),
        sa.Column("region_name", sa.Text(), nullable=True),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("resource_name", sa.Text(), nullable=True),
        sa.Column("resource_type", sa.Text(), nullable=True),
        sa.Column("service_subcategory", sa.Text(), nullable=True),
        sa.Column("sku_id", sa.Text(), nullable=True),
        sa.Column("sku_meter", sa.Text(), nullable=True),
        sa.Column("sku_price_details", sa.Text(), nullable=True),
        sa.Column("sku_price_id", sa.Text(), nullable=True),
        sa.Column("sub_account_id", sa.Text(), nullable=True),
        sa.Column("sub_account_name", sa.Text(), nullable=True),
        sa.Column("sub_account_type", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
    )
    op.create_table(
        "token_usage",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("service_tier", sa.Text(), nullable=True),
        sa.Column("context_window", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_5m_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_1h_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("input_audio_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_audio_tokens", sa.BigInteger(), nullable=True),
        sa.Column("request_count", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Numeric(38, 12), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("estimated_cost", sa.Numeric(18, 9), nullable=True),
        sa.Column("price_version", sa.Text(), nullable=True),
    )
    op.create_table(
        "inference_request",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("duration_seconds", sa.Float(53), nullable=True),
        sa.Column("time_to_first_token_seconds", sa.Float(53), nullable=True),
        sa.Column("status_code", sa.BigInteger(), nullable=True),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.Column("interaction_id", sa.Text(), nullable=True),
    )
    op.create_table(
        "cost_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("billing_currency", sa.Text(), nullable=False),
        sa.Column("billed_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("effective_cost", sa.Numeric(38, 12), nullable=False),
        sa.Column("charge_count", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "usage_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("service_tier", sa.Text(), nullable=True),
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("uncached_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_read_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("cache_write_input_tokens", sa.BigInteger(), nullable=True),
        sa.Column("output_tokens", sa.BigInteger(), nullable=True),
        sa.Column("request_count", sa.BigInteger(), nullable=True),
        sa.Column("estimated_cost", sa.Numeric(18, 9), nullable=True),
        sa.Column("unpriced_tokens", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "feature",
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
    )
    op.create_table(
        "attribution",
        sa.Column("attribution_key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("api_key_id", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("feature", sa.Text(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=True),
        sa.Column("cost_center", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
    )
    op.create_table(
        "budget",
        sa.Column("scope_type", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(38, 12), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
    )
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
    )
    op.create_table(
        "annotation",
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=True),
    )
    op.create_table(
        "collector_run",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("window_start_at", sa.DateTime(), nullable=False),
        sa.Column("window_end_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("watermark_at", sa.DateTime(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("quarantined_count", sa.BigInteger(), nullable=True),
        sa.Column("request_count", sa.BigInteger(), nullable=True),
        sa.Column("retry_count", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("error_kind", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
    )
    op.create_table(
        "source_state",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.BigInteger(), nullable=False),
        sa.Column("next_run_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "collection_request",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("window_start_at", sa.DateTime(), nullable=True),
        sa.Column("window_end_at", sa.DateTime(), nullable=True),
        sa.Column("picked_up_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "restatement",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("restated_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("before_value", sa.Numeric(38, 12), nullable=True),
        sa.Column("after_value", sa.Numeric(38, 12), nullable=True),
    )
    op.create_table(
        "quarantine",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "alert",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("page_path", sa.Text(), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("impact_cost", sa.Numeric(38, 12), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
    )
    op.create_table(
        "alert_event",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("transition", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("sink", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
    )
    op.execute(ATTRIBUTED_COST_DAY)
    op.execute(ATTRIBUTED_USAGE_DAY)
    if op.get_bind().dialect.name == "postgresql":
        for name, columns in INDEXES.items():
            op.create_index(f"{name}_by_{columns[0]}", name, list(columns), unique=name in UNIQUE)
