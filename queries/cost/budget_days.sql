-- title:   What did everything that has a budget cost each day?
-- grain:   one row per (scope_type, scope, day) with costs, for the organisation and for each scope with a budget that
--          has begun by `day` and ended after `ended_after`
-- params:  day date, ended_after date, start date, end date, currency text
-- returns: scope_type text, scope text, day date, billed_cost money
with budgeted as (
  select scope_type, scope
  from budget
  where period_start <= cast(:day as date) and period_end > cast(:ended_after as date) and currency = :currency
  union
  select 'organization', ''
)
select c.scope_type, c.scope, c.day, c.billed_cost
from scope_cost_day c
join budgeted b on b.scope_type = c.scope_type and b.scope = c.scope
where c.day >= cast(:start as date) and c.day < cast(:end as date) and c.currency = :currency
order by c.scope_type, c.scope, c.day
