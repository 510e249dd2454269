-- title:   How much of each budget is spent, and up to when is the bill known?
-- grain:   one row per (scope_type, scope, period, period_start, currency) that has begun by `day` and ended after
--          `ended_after` (the bill of the last days is late), in its newest version
-- params:  day date, ended_after date, billing_since date (sources without a cost since then have ended),
--          currencies texts
-- returns: scope_type text, scope text, name text, owner text, team text, period text, period_start date,
--          period_end date, budget_amount money, currency text, version text, version_count count, billed_cost money,
--          complete_end date, complete_cost money
with horizon as (
  select
    case
      when min(watermark_at) is null or cast(min(watermark_at) as date) > cast(:day as date) then cast(:day as date)
      else cast(min(watermark_at) as date)
    end as complete_end
  from (
    select h.watermark_at
    from (select distinct source from bill_day where day >= cast(:billing_since as date)) c
    left join source_health h on h.source = c.source
  ) billing
),
version as (
  select
    b.scope_type, b.scope, b.period, b.period_start, b.period_end, b.amount, b.currency, b.version,
    row_number() over (
      partition by b.scope_type, b.scope, b.period, b.period_start, b.currency order by b.position desc
    ) as age,
    count(*) over (partition by b.scope_type, b.scope, b.period, b.period_start, b.currency) as version_count
  from budget b
  where b.period_start <= cast(:day as date)
    and b.period_end > cast(:ended_after as date)
    and (:any_currencies or b.currency in :currencies)
),
owned as (
  select 'feature' as scope_type, feature as scope, name, nullif(owner, '') as owner, team from feature
  union all
  select 'team', team, team, case when min(owner) = max(owner) then nullif(min(owner), '') end, team
  from feature group by team
)
select
  b.scope_type,
  b.scope,
  coalesce(max(o.name), b.scope) as name,
  max(o.owner) as owner,
  max(o.team) as team,
  b.period,
  b.period_start,
  b.period_end,
  b.amount as budget_amount,
  b.currency,
  b.version,
  b.version_count,
  coalesce(sum(s.billed_cost), 0) as billed_cost,
  h.complete_end,
  coalesce(sum(case when s.day < h.complete_end then s.billed_cost end), 0) as complete_cost
from version b
cross join horizon h
left join owned o on o.scope_type = b.scope_type and o.scope = b.scope
left join scope_cost_day s
  on s.scope_type = b.scope_type
  and s.scope = b.scope
  and s.currency = b.currency
  and s.day >= b.period_start
  and s.day < b.period_end
  and s.day > cast(:ended_after as date) - 93  -- no quarter is longer; a range of days keeps the join small
where b.age = 1
group by
  b.scope_type, b.scope, b.period, b.period_start, b.period_end, b.amount, b.currency, b.version, b.version_count,
  h.complete_end
order by
  case b.scope_type when 'organization' then 0 when 'team' then 1 when 'provider' then 2 else 3 end,
  b.scope_type, b.scope, b.period_start, b.period, b.currency
