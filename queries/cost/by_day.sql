-- title:   What was billed each day?
-- grain:   one row per UTC day with costs
-- params:  start date, end date (UTC days, half-open), currency text
-- returns: day date, billed_cost money, effective_cost money
select day, sum(billed_cost) as billed_cost, sum(effective_cost) as effective_cost
from scope_cost_day
where scope_type = 'organization'
  and currency = :currency
  and day >= cast(:start as date)
  and day < cast(:end as date)
group by day
order by day
