-- title:   In which currencies are there costs?
-- grain:   one row per billing currency; costs are NULL where the days given have none
-- params:  start date, end date (UTC days, half-open)
-- returns: billing_currency text, billed_cost money, effective_cost money, first_day date, last_day date
with known as (
  select billing_currency, min(day) as first_day, max(day) as last_day
  from cost_day
  group by billing_currency
),
spent as (
  select billing_currency, sum(billed_cost) as billed_cost, sum(effective_cost) as effective_cost
  from cost_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
  group by billing_currency
)
select k.billing_currency, s.billed_cost, s.effective_cost, k.first_day, k.last_day
from known k
left join spent s on s.billing_currency = k.billing_currency
order by k.billing_currency
