-- title:   What does each feature cost, in all, per request and per token?
-- grain:   one row per feature, dearest first. cost_per_1k_requests divides request_cost: the costs of slices (day,
--          provider, feature, environment) whose usage reports requests; cost_per_1m_tokens likewise
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, team texts, environment texts
-- returns: feature text, feature_name text, team text, billed_cost money,
--          allocated_cost money (the part of billed_cost that rules moved here or away), request_count count,
--          request_cost money, cost_per_1k_requests ratio (of direct costs), loaded_cost_per_1k_requests ratio
--          (with as large a part of the allocated costs as request_cost is of the direct ones), total_tokens count,
--          cost_per_1m_tokens ratio, estimated_cost money, unpriced_tokens count
with part as (
  select
    feature,
    sum(billed_cost) as billed_cost,
    sum(case when allocation is not null then billed_cost end) as allocated_cost,
    sum(request_cost) as request_cost,
    sum(token_cost) as token_cost,
    cast(null as bigint) as request_count,
    cast(null as bigint) as costed_request_count,
    cast(null as bigint) as total_tokens,
    cast(null as bigint) as costed_tokens,
    cast(null as decimal(18, 9)) as estimated_cost,
    cast(null as bigint) as unpriced_tokens
  from attributed_cost_day
  where currency = :currency
    and day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_environment or environment in :environment)
  group by 1
  union all
  select
    feature,
    cast(null as decimal(38, 12)) as billed_cost,
    cast(null as decimal(38, 12)) as allocated_cost,
    cast(null as decimal(38, 12)) as request_cost,
    cast(null as decimal(38, 12)) as token_cost,
    sum(request_count) as request_count,
    sum(costed_request_count) as costed_request_count,
    sum(total_tokens) as total_tokens,
    sum(costed_tokens) as costed_tokens,
    sum(estimated_cost) as estimated_cost,
    sum(unpriced_tokens) as unpriced_tokens
  from attributed_usage_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_environment or environment in :environment)
  group by 1
)
select
  part.feature,
  coalesce(max(f.name), 'Unattributed') as feature_name,
  coalesce(max(f.team), 'Unattributed') as team,
  sum(billed_cost) as billed_cost,
  sum(allocated_cost) as allocated_cost,
  cast(sum(request_count) as bigint) as request_count,
  case when sum(request_count) is not null then sum(request_cost) end as request_cost,
  cast(sum(request_cost) as double precision) * 1000
    / nullif(cast(sum(costed_request_count) as double precision), 0) as cost_per_1k_requests,
  cast(sum(request_cost) as double precision) * 1000
    / nullif(cast(sum(costed_request_count) as double precision), 0)
    * cast(sum(billed_cost) as double precision)
    / nullif(cast(sum(billed_cost) - coalesce(sum(allocated_cost), 0) as double precision), 0)
    as loaded_cost_per_1k_requests,
  cast(sum(total_tokens) as bigint) as total_tokens,
  cast(sum(token_cost) as double precision) * 1000000
    / nullif(cast(sum(costed_tokens) as double precision), 0) as cost_per_1m_tokens,
  sum(estimated_cost) as estimated_cost,
  cast(sum(unpriced_tokens) as bigint) as unpriced_tokens
from part
left join feature f on f.feature = part.feature
group by part.feature
order by case when sum(billed_cost) is null then 1 else 0 end, sum(billed_cost) desc, part.feature
