-- title:   How much of each budget is spent?
-- grain:   one row per (scope_type, scope) with a budget that covers the day given, organization first
-- params:  day date, complete_end date (costs before this UTC day are whole), currency text
-- returns: scope_type text, scope text, scope_name text, period_start date, period_end date,
--          budget_amount money, currency text, billed_cost money, complete_cost money
with spent as (
  select day, provider, team, feature, sum(billed_cost) as billed_cost
  from attributed_cost_day
  where currency = :currency
    and day >= (
      select min(period_start) from budget
      where currency = :currency and period_start <= cast(:day as date) and period_end > cast(:day as date)
    )
  group by day, provider, team, feature
)
select
  b.scope_type,
  b.scope,
  max(coalesce(f.name, b.scope)) as scope_name,
  b.period_start,
  b.period_end,
  b.amount as budget_amount,
  b.currency,
  coalesce(sum(s.billed_cost), 0) as billed_cost,
  coalesce(sum(case when s.day < cast(:complete_end as date) then s.billed_cost end), 0) as complete_cost
from budget b
left join feature f on b.scope_type = 'feature' and f.feature = b.scope
left join spent s
  on s.day >= b.period_start
  and s.day < b.period_end
  and (
    b.scope_type = 'organization'
    or (b.scope_type = 'team' and s.team = b.scope)
    or (b.scope_type = 'feature' and s.feature = b.scope)
    or (b.scope_type = 'provider' and s.provider = b.scope)
  )
where b.currency = :currency
  and b.period_start <= cast(:day as date)
  and b.period_end > cast(:day as date)
group by b.scope_type, b.scope, b.period_start, b.period_end, b.amount, b.currency
order by
  case b.scope_type when 'organization' then 0 when 'team' then 1 when 'provider' then 2 else 3 end,
  b.scope, b.period_start
