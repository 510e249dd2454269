-- title:   What does each model cost, billed and at list price?
-- grain:   one row per (provider, model), dearest first; model NULL: of no model. cost_per_1k_requests takes only costs
--          of slices (day, provider, model) whose usage reports requests; request_cost says how much; tokens likewise
-- params:  start date, end date (UTC days, half-open), currency text,
--          provider texts, team texts, environment texts, feature texts
-- returns: provider text, model text, billed_cost money, request_count count, request_cost money,
--          cost_per_1k_requests ratio, total_tokens count, cost_per_1m_tokens ratio, estimated_cost money,
--          unpriced_tokens count
with slice as (
  select
    day,
    provider,
    model,
    sum(billed_cost) as billed_cost,
    cast(sum(request_count) as bigint) as request_count,
    cast(sum(total_tokens) as bigint) as total_tokens,
    sum(estimated_cost) as estimated_cost,
    cast(sum(unpriced_tokens) as bigint) as unpriced_tokens
  from (
    select
      day, provider, model,
      billed_cost,
      cast(null as bigint) as request_count,
      cast(null as bigint) as total_tokens,
      cast(null as decimal(18, 9)) as estimated_cost,
      cast(null as bigint) as unpriced_tokens
    from attributed_cost_day
    where billing_currency = :currency
      and day >= cast(:start as date)
      and day < cast(:end as date)
      and (:any_provider or provider in :provider)
      and (:any_team or team in :team)
      and (:any_environment or environment in :environment)
      and (:any_feature or feature in :feature)
    union all
    select
      day, provider, model,
      cast(null as decimal(38, 12)) as billed_cost,
      request_count,
      case
        when coalesce(uncached_input_tokens, cache_read_input_tokens, cache_write_input_tokens, output_tokens) is null
          then null
        else coalesce(uncached_input_tokens, 0) + coalesce(cache_read_input_tokens, 0)
        + coalesce(cache_write_input_tokens, 0) + coalesce(output_tokens, 0)
      end as total_tokens,
      estimated_cost,
      unpriced_tokens
    from attributed_usage_day
    where day >= cast(:start as date)
      and day < cast(:end as date)
      and (:any_provider or provider in :provider)
      and (:any_team or team in :team)
      and (:any_environment or environment in :environment)
      and (:any_feature or feature in :feature)
  ) parts
  group by day, provider, model
)
select
  provider,
  model,
  sum(billed_cost) as billed_cost,
  cast(sum(request_count) as bigint) as request_count,
  sum(case when request_count is not null then billed_cost end) as request_cost,
  cast(sum(case when request_count is not null then billed_cost end) as double precision) * 1000
    / nullif(cast(sum(case when billed_cost is not null then request_count end) as double precision), 0)
    as cost_per_1k_requests,
  cast(sum(total_tokens) as bigint) as total_tokens,
  cast(sum(case when total_tokens is not null then billed_cost end) as double precision) * 1000000
    / nullif(cast(sum(case when billed_cost is not null then total_tokens end) as double precision), 0)
    as cost_per_1m_tokens,
  sum(estimated_cost) as estimated_cost,
  cast(sum(unpriced_tokens) as bigint) as unpriced_tokens
from slice
group by provider, model
order by
  case when sum(billed_cost) is null then 1 else 0 end, sum(billed_cost) desc,
  case when sum(estimated_cost) is null then 1 else 0 end, sum(estimated_cost) desc,
  provider, coalesce(model, '')
