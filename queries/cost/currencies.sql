-- title:   In which currencies are there costs?
-- grain:   one row per billing currency; costs are NULL where the days given have none
-- params:  start date, end date (UTC days, half-open)
-- returns: billing_currency text, billed_cost money, effective_cost money, first_day date, last_day date
select
  billing_currency,
  sum(case when day >= cast(:start as date) and day < cast(:end as date) then billed_cost end) as billed_cost,
  sum(case when day >= cast(:start as date) and day < cast(:end as date) then effective_cost end) as effective_cost,
  min(day) as first_day,
  max(day) as last_day
from cost_day
group by billing_currency
order by billing_currency
