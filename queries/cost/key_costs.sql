-- title:   What did each attribution key cost each day?
-- grain:   one row per (day, attribution key) with costs; whose it is: cost/key_owners
-- params:  start date, end date (UTC days, half-open), currency text (the bill's)
-- returns: day date, attribution_key text, billed_cost money
select day, attribution_key, sum(billed_cost) as billed_cost
from cost_day
where billing_currency = :currency
  and day >= cast(:start as date)
  and day < cast(:end as date)
group by day, attribution_key
order by day, attribution_key
