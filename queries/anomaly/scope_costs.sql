-- title:   What did these scopes cost each day?
-- grain:   one row per (scope_type, scope, UTC day) with costs
-- params:  start date, end date (UTC days, half-open), currency text, scopes texts
-- returns: scope_type text, scope text, day date, billed_cost money
select scope_type, scope, day, billed_cost
from scope_cost_day
where currency = :currency
  and day >= cast(:start as date)
  and day < cast(:end as date)
  and (:any_scopes or scope in :scopes)
order by scope_type, scope, day
