-- title:   What did each provider's models cost, and what would their usage have been at list price?
-- grain:   one row per (provider, model) with costs in this currency, or with usage, in the period or the one before.
--          billed costs and estimates (USD) stand apart; a sum of nothing is NULL
-- params:  start date, end date, previous_start date, previous_end date (UTC days, half-open), currency text
-- returns: provider text, model text, billed_cost money, previous_billed_cost money, estimated_cost money,
--          reported_request_count count (of the providers' usage reports)
with told as (
  select
    provider, model,
    case when day >= cast(:start as date) and day < cast(:end as date) then billed_cost end as billed_cost,
    case
      when day >= cast(:previous_start as date) and day < cast(:previous_end as date) then billed_cost
    end as previous_billed_cost,
    cast(null as decimal(38, 12)) as estimated_cost,
    cast(null as bigint) as request_count
  from bill_day
  where billing_currency = :currency
    and (
      (day >= cast(:start as date) and day < cast(:end as date))
      or (day >= cast(:previous_start as date) and day < cast(:previous_end as date))
    )
  union all
  select provider, model, null, null, estimated_cost, request_count
  from model_usage_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
)
select
  provider,
  model,
  sum(billed_cost) as billed_cost,
  sum(previous_billed_cost) as previous_billed_cost,
  sum(estimated_cost) as estimated_cost,
  cast(sum(request_count) as bigint) as reported_request_count
from told
group by provider, model
order by provider, model
