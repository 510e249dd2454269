-- title:   What did weeks cost as it was known at a moment, and what do they cost as it is known now?
-- grain:   one row per (week, scope) with costs then or now, newest week first; known_cost is NULL for a week that was
--          not on record then, because it was not closed or not loaded
-- params:  start date, end date (UTC days, half-open: the weeks from Monday that touch them, whole), as_of timestamp,
--          measure text(billed|effective), currency text,
--          scope_type text(organization|provider|team|feature|model|environment), scope texts
-- returns: week_start date, scope text, scope_name text, known_cost money, current_cost money, change_cost money,
--          taken_at timestamp (since when known_cost was on record), changed_at timestamp (since when the newest
--          figure is, NULL when nothing changed), first_taken_at timestamp (when the week went on record, also after
--          as_of)
with weeks as (
  select week_start, min(taken_at) as first_taken_at
  from cost_snapshot
  where scope_type = 'organization'
    and currency = :currency
    and week_start >= cast(date_trunc('week', cast(:start as date)) as date)
    and week_start < cast(:end as date)
  group by week_start
),
snapshots as (
  select
    week_start, scope, taken_at,
    case when cast(:measure as varchar) = 'effective' then effective_cost else billed_cost end as cost,
    row_number() over (
      partition by week_start, scope, case when taken_at <= :as_of then 1 else 0 end
      order by taken_at desc
    ) as newest
  from cost_snapshot
  where scope_type = :scope_type
    and currency = :currency
    and week_start >= cast(date_trunc('week', cast(:start as date)) as date)
    and week_start < cast(:end as date)
    and (:any_scope or scope in :scope)
),
figures as (
  select
    week_start, scope,
    case when taken_at <= :as_of then cost else 0 end as known_cost,
    cast(0 as decimal(38, 12)) as current_cost,
    case when taken_at <= :as_of then taken_at end as taken_at,
    case when taken_at > :as_of then taken_at end as changed_at
  from snapshots
  where newest = 1
  union all
  select
    cast(date_trunc('week', day) as date), scope,
    cast(0 as decimal(38, 12)),
    case when cast(:measure as varchar) = 'effective' then effective_cost else billed_cost end,
    cast(null as timestamp), cast(null as timestamp)
  from scope_cost_day
  where scope_type = :scope_type
    and currency = :currency
    and day >= cast(date_trunc('week', cast(:start as date)) as date)
    and cast(date_trunc('week', day) as date) < cast(:end as date)
    and (:any_scope or scope in :scope)
),
compared as (
  select
    week_start, scope,
    sum(known_cost) as known_cost,
    sum(current_cost) as current_cost,
    max(taken_at) as taken_at,
    max(changed_at) as changed_at
  from figures
  group by week_start, scope
)
select
  c.week_start, c.scope,
  case when c.scope = 'unattributed' then 'Unattributed' else coalesce(f.name, c.scope) end as scope_name,
  case when w.first_taken_at <= :as_of then c.known_cost end as known_cost,
  c.current_cost,
  case when w.first_taken_at <= :as_of then c.current_cost - c.known_cost end as change_cost,
  c.taken_at,
  case when w.first_taken_at <= :as_of and c.current_cost <> c.known_cost then c.changed_at end as changed_at,
  w.first_taken_at
from compared c
left join weeks w on w.week_start = c.week_start
left join feature f on f.feature = c.scope and cast(:scope_type as varchar) = 'feature'
where c.known_cost <> 0 or c.current_cost <> 0
order by c.week_start desc, c.current_cost desc, c.scope
