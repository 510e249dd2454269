-- title:   What does each feature cost, in all, per request and per token?
-- grain:   one row per feature, dearest first. cost_per_1k_requests takes only costs of slices
--          (day, provider, feature) whose usage reports requests; request_cost says how much that is; tokens likewise
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, team texts, environment texts
-- returns: feature text, feature_name text, team text, billed_cost money, request_count count, request_cost money,
--          cost_per_1k_requests ratio, total_tokens count, cost_per_1m_tokens ratio, estimated_cost money,
--          unpriced_tokens count
with slice as (
  select
    day,
    provider,
    feature,
    sum(billed_cost) as billed_cost,
    cast(sum(request_count) as bigint) as request_count,
    cast(sum(total_tokens) as bigint) as total_tokens,
    sum(estimated_cost) as estimated_cost,
    cast(sum(unpriced_tokens) as bigint) as unpriced_tokens
  from (
    select
      day, provider, feature,
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
    union all
    select
      day, provider, feature,
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
  ) parts
  group by day, provider, feature
)
select
  slice.feature,
  coalesce(max(f.name), 'Unattributed') as feature_name,
  coalesce(max(f.team), 'Unattributed') as team,
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
left join feature f on f.feature = slice.feature
group by slice.feature
order by case when sum(billed_cost) is null then 1 else 0 end, sum(billed_cost) desc, slice.feature
