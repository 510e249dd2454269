-- title:   Which providers do we use, and how do they answer us now and usually?
-- grain:   one row per provider with requests or costs since `usual_since`. Counts are of requests; `failed` are 5xx,
--          timeouts and other errors that are not the caller's fault, and throttled requests
-- params:  usual_since timestamp, since timestamp (whole hours; what is before it is usual), end timestamp,
--          cost_since date, currency text
-- returns: provider text, request_count count, failed_count count, usual_request_count count,
--          usual_failed_count count, billed_cost money
with asked as (
  select
    provider,
    cast(sum(case when hour >= :since then request_count else 0 end) as bigint) as request_count,
    cast(sum(case when hour >= :since then failed_count + throttled_count else 0 end) as bigint) as failed_count,
    cast(sum(case when hour < :since then request_count else 0 end) as bigint) as usual_request_count,
    cast(sum(case when hour < :since then failed_count + throttled_count else 0 end) as bigint) as usual_failed_count
  from request_hour
  where hour >= :usual_since and hour < :end
  group by provider
),
paid as (
  select scope as provider, sum(billed_cost) as billed_cost
  from scope_cost_day
  where scope_type = 'provider' and currency = :currency and day >= cast(:cost_since as date)
  group by scope
)
select
  coalesce(a.provider, p.provider) as provider,
  coalesce(a.request_count, 0) as request_count,
  coalesce(a.failed_count, 0) as failed_count,
  coalesce(a.usual_request_count, 0) as usual_request_count,
  coalesce(a.usual_failed_count, 0) as usual_failed_count,
  coalesce(p.billed_cost, 0) as billed_cost
from asked a
full outer join paid p on p.provider = a.provider
order by 1
