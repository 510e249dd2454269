-- title:   What does a request cost, over all?
-- grain:   one row. cost_per_1k_requests divides request_cost: the costs of slices (day, provider, feature,
--          environment) whose usage reports requests; cost_per_1m_tokens likewise
-- params:  start date, end date (UTC days, half-open), currency text,
--          provider texts, team texts, environment texts, feature texts
-- returns: billed_cost money, request_count count, request_cost money,
--          cost_per_1k_requests ratio, total_tokens count, cost_per_1m_tokens ratio, estimated_cost money,
--          unpriced_tokens count
with part as (
  select
    sum(billed_cost) as billed_cost,
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
    and (:any_feature or feature in :feature)
  union all
  select
    cast(null as decimal(38, 12)) as billed_cost,
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
    and (:any_feature or feature in :feature)
)
select
  sum(billed_cost) as billed_cost,
  cast(sum(request_count) as bigint) as request_count,
  case when sum(request_count) is not null then sum(request_cost) end as request_cost,
  cast(sum(request_cost) as double precision) * 1000
    / nullif(cast(sum(costed_request_count) as double precision), 0) as cost_per_1k_requests,
  cast(sum(total_tokens) as bigint) as total_tokens,
  cast(sum(token_cost) as double precision) * 1000000
    / nullif(cast(sum(costed_tokens) as double precision), 0) as cost_per_1m_tokens,
  sum(estimated_cost) as estimated_cost,
  cast(sum(unpriced_tokens) as bigint) as unpriced_tokens
from part
