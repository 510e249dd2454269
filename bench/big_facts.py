"""The facts of a large organisation, made inside DuckDB: `range` counts, `hash` is the noise."""

import pyarrow as pa
from sqlalchemy.engine import Connection

from bench.big_company import COSTS, DAYS, FIRST_DAY, NOW, TODAY, USAGE, Company, keys
from store import source_health

KEYS = "bench_key"

_TOKEN_USAGE = """
insert into token_usage (
  source, started_at, ended_at, provider, account_id, service, attribution_key, project_id, api_key_id, model,
  service_tier, uncached_input_tokens, cache_read_input_tokens, cache_write_5m_input_tokens, output_tokens,
  request_count, estimated_cost, price_version
)
select
  source, started_at, started_at + interval 1 hour, provider, account_id, service, attribution_key, project_id,
  api_key_id, model, case when number % 8 = 0 and noise % 2 = 0 then 'batch' else 'default' end,
  input, case when noise % 10 < 7 then input // 2 end, case when provider = 'anthropic' then input // 10 end,
  input // 6, requests,
  case when number % 25 > 0 then cast(input * (1 + number % 9) / 1e6 as decimal(18, 9)) end,
  case when number % 25 > 0 then 'bench' end
from (
  select
    k.*, n.noise,
    cast('{first_day}' as timestamp) + to_hours(cast(n.slot * {days} * 24 // {slots} as integer)) as started_at,
    cast((1 + k.feature % 17) * (1000 + n.noise % 40000) * (1 + n.slot / {slots}) as bigint) as input,
    cast(1 + n.noise // 100 % 200 as bigint) as requests
  from (select i % {keys} as number, i // {keys} as slot, hash(i) as noise from range({rows}) r(i)) n
  join bench_key k on k.fact = 'usage' and k.number = n.number
)
"""

_CHARGE = """
insert into charge (
  source, provider, billing_account_id, billing_currency, billing_period_start, billing_period_end,
  charge_period_start, charge_period_end, charge_category, invoice_issuer_name, service_provider_name,
  service_category, service_name, billed_cost, effective_cost, list_cost, contracted_cost, attribution_key,
  focus_version, model, token_type, service_tier, billing_account_name, charge_description, charge_frequency,
  consumed_quantity, consumed_unit, invoice_id, pricing_category, pricing_quantity, pricing_unit, publisher_name,
  region_id, region_name, resource_id, resource_name, resource_type, service_subcategory, sku_id, sku_price_id,
  sub_account_id, sub_account_name, tags
)
select
  source, provider, account_id, currency, date_trunc('month', day), date_trunc('month', day) + interval 1 month,
  day, day + interval 1 day, 'Usage', provider, provider, 'AI and Machine Learning', service, cost,
  cost * 0.97, cost * 1.1, cost, attribution_key, '1.2', model, token_type,
  case when noise % 9 = 0 then 'batch' else 'default' end, account_id, concat(model, ' ', token_type), 'Usage-Based',
  noise % 9000000, 'Tokens', concat('inv-', strftime(day, '%Y-%m'), '-', provider), 'Standard', noise % 9000000,
  'Tokens', provider, 'eastus', 'East US', concat('/deployments/', project_id, '/', model), model, 'Deployment',
  'Generative AI', concat('sku-', model), concat('sku-', model, '-', token_type), project_id, project_id, tags
from (
  select
    k.*, n.noise,
    cast('{first_day}' as timestamp) + to_days(cast(n.slot * {days} // {slots} as integer)) as day,
    ['uncached_input_tokens', 'cache_read_input_tokens', 'output_tokens', 'cache_write_input_tokens'][1 + n.slot % 4]
      as token_type,
    cast((1 + k.feature % 17) * (n.noise % 100000000) * (1 + n.slot / {slots}) / 1e9 as decimal(38, 12)) as cost
  from (select i % {keys} as number, i // {keys} as slot, hash(i) as noise from range({rows}) r(i)) n
  join bench_key k on k.fact = 'costs' and k.number = n.number
)
"""

_RUNS = """
insert into collector_run (
  run_id, source, kind, started_at, status, window_start_at, window_end_at, finished_at, watermark_at, row_count,
  quarantined_count, request_count, retry_count, error_kind, error_message
)
select
  concat('run-', s.source, '-', n.hour), s.source, 'refresh', moment,
  case when failed then 'failed' else 'ok' end,
  moment - interval 3 day, moment, moment + interval 20 second,
  case when not failed then moment end,
  case when not failed then 500 end,
  0, 12, 0,
  case when failed then 'unavailable' end,
  case when failed then 'The provider answered 503 five times.' end
from (select distinct source from bench_key) s
cross join (
  select
    hour, hash(hour) % 97 = 0 as failed, cast('{now}' as timestamp) - to_hours(cast(hour as integer)) as moment
  from range({days} * 24) r(hour)
) n
"""

_LEDGERS = (
    """
insert into restatement (run_id, restated_at, source, table_name, day, measure, before_value, after_value)
select concat('run-', i), moment, s.source, 'charge', cast(moment as date) - 2, 'billed_cost', 100 + i, 101 + i
from (select distinct source from bench_key) s
cross join (select i, cast('{now}' as timestamp) - to_hours(cast(i * 3 as integer)) as moment from range(3200) r(i))
""",
    """
insert into quarantine (run_id, source, file_name, row_number, reason)
select concat('run-microsoft_costs-', i % 50), 'microsoft_costs', 'export.csv', i, 'BilledCost is empty'
from range(500) r(i)
""",
    """
insert into alert (
  alert_id, fingerprint, rule, severity, status, title, summary, owner, page_path, level, impact_cost, currency,
  opened_at, updated_at, resolved_at
)
select
  concat('alert-', i), concat('fingerprint-', i), 'budget_threshold', ['page', 'ticket', 'info'][1 + i % 3],
  'resolved', concat('Team ', i % 20, ' is over its budget'),
  'Spent 104 % of 4,500 USD.',
  'owner', '/spend', 2, 120 + i, 'USD', moment, moment, moment
from (select i, cast('{now}' as timestamp) - to_hours(cast(i * 9 as integer)) as moment from range(1000) r(i))
""",
)


def write_keys(connection: Connection, company: Company) -> None:
    """The combinations that facts are made of, as a temporary table numbered from 0 per fact."""
    numbers = {COSTS: 0, USAGE: 0}
    rows = []
    for key in keys(company):
        d = key.dimensions
        rows.append(
            {
                "fact": key.fact,
                "number": numbers[key.fact],
                "feature": key.feature,
                "source": key.provider.sources[0 if key.fact == COSTS else 1],
                "currency": key.provider.currency,
                "attribution_key": d.key(),
                "provider": d.provider,
                "account_id": d.account_id,
                "project_id": d.project_id,
                "api_key_id": d.api_key_id,
                "model": d.model,
                "service": d.service,
                "tags": d.tags,
            }
        )
        numbers[key.fact] += 1
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.register("bench_key_rows", pa.Table.from_pylist(rows))
    connection.exec_driver_sql(f"create temporary table {KEYS} as select * from bench_key_rows")
    raw.unregister("bench_key_rows")


def write_facts(connection: Connection, company: Company) -> None:
    """Usage, charges and what the worker would have written about loading them."""
    for fact, statement, rows in ((USAGE, _TOKEN_USAGE, company.usage_rows), (COSTS, _CHARGE, company.charge_rows)):
        count = sum(1 for key in keys(company) if key.fact == fact)
        values = {"first_day": FIRST_DAY, "days": DAYS, "rows": rows, "keys": count, "slots": -(-rows // count)}
        connection.exec_driver_sql(statement.format(**values))
    for statement in (_RUNS, *_LEDGERS):
        connection.exec_driver_sql(statement.format(now=NOW.replace(tzinfo=None), days=DAYS, today=TODAY))
    source_health.refresh(connection)
