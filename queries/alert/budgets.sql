-- title:   How much of each running budget is spent, and up to when is the bill known?
-- grain:   one row per budget that covers the day, or ended after `ended_after`: the bill of its last days is late
-- params:  day date, ended_after date, billing_since date (sources without a cost since then have ended)
-- returns: scope_type text, scope text, name text, owner text, period_start date, period_end date,
--          budget_amount money, currency text, billed_cost money, complete_end date, complete_cost money
with horizon as (
  select
    case
      when min(watermark_at) is null or cast(min(watermark_at) as date) > cast(:day as date) then cast(:day as date)
      else cast(min(watermark_at) as date)
    end as complete_end
  from (
    select c.source, max(r.watermark_at) as watermark_at
    from (select distinct source from cost_day where day >= cast(:billing_since as date)) c
    left join collector_run r on r.source = c.source and r.status = 'ok'
    group by c.source
  ) billing
),
current_budget as (
  select scope_type, scope, period_start, period_end, amount, currency
  from budget
  where period_start <= cast(:day as date)
    and period_end > cast(:ended_after as date)
),
cost as (
  select day, currency, provider, team, feature, sum(billed_cost) as billed_cost
  from attributed_cost_day
  where day >= (select min(period_start) from current_budget)
  group by day, currency, provider, team, feature
),
scoped as (
  select 'organization' as scope_type, '' as scope, day, currency, sum(billed_cost) as billed_cost
  from cost group by day, currency
  union all
  select 'provider', provider, day, currency, sum(billed_cost) from cost group by provider, day, currency
  union all
  select 'team', team, day, currency, sum(billed_cost) from cost group by team, day, currency
  union all
  select 'feature', feature, day, currency, sum(billed_cost) from cost group by feature, day, currency
),
owned as (
  select 'feature' as scope_type, feature as scope, name, nullif(owner, '') as owner from feature
  union all
  select 'team', team, team, case when min(owner) = max(owner) then nullif(min(owner), '') end
  from feature group by team
)
select
  b.scope_type,
  b.scope,
  coalesce(max(o.name), b.scope) as name,
  max(o.owner) as owner,
  b.period_start,
  b.period_end,
  b.amount as budget_amount,
  b.currency,
  coalesce(sum(s.billed_cost), 0) as billed_cost,
  h.complete_end,
  coalesce(sum(case when s.day < h.complete_end then s.billed_cost end), 0) as complete_cost
from current_budget b
cross join horizon h
left join owned o on o.scope_type = b.scope_type and o.scope = b.scope
left join scoped s
  on s.scope_type = b.scope_type
  and s.scope = b.scope
  and s.currency = b.currency
  and s.day >= b.period_start
  and s.day < b.period_end
group by b.scope_type, b.scope, b.period_start, b.period_end, b.amount, b.currency, h.complete_end
order by b.scope_type, b.scope, b.period_start, b.currency, b.amount
