-- title:   What did each provider bill?
-- grain:   one row per (provider, billing currency)
-- params:  start timestamp, end timestamp (UTC, half-open, cut at whole UTC days)
-- returns: provider text, billing_currency text, billed_cost money
select
  provider,
  billing_currency,
  sum(billed_cost) as billed_cost
from bill_day
where day >= cast(:start as date)
  and day < cast(:end as date)
group by provider, billing_currency
order by provider, billing_currency
