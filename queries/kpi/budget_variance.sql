-- title:   Is the money spent as it was budgeted?
-- grain:   one row per period × segment with a budget of just that period, in its newest version; tiers have none.
--          A budget counts up to the day to which costs are known, pro rata
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), known_to timestamp (costs are known up to it),
--          segment text(all|team|feature), team texts, feature texts, currency text
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          billed_cost money, pro_rated_budget money, whole_budget money, version_count count
-- number:  9
-- name:    Budget variance
-- definition: What was billed on the whole days so far minus the budget of these days, by the budget of these days;
--          above 0 is over. A budget that was revised counts as it is now.
-- unit:    ratio
-- better:  nearer 0
-- cadence: month
-- stage:   finance
-- facts:   charge
-- target:  within 10%
-- running: yes
with span as (
  select
    start_at,
    start_on,
    end_on,
    case
      when end_at > cast(:until as timestamp) and cast(:until as date) <= cast(:known_to as date)
        then cast(:until as date)
      when end_on > cast(:known_to as date) then cast(:known_to as date)
      else end_on
    end as known_on
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
version as (
  select
    p.start_at,
    p.start_on,
    p.end_on,
    p.known_on,
    b.scope_type,
    b.scope,
    b.amount,
    row_number() over (partition by b.scope_type, b.scope, b.period, b.period_start order by b.position desc) as age,
    count(*) over (partition by b.scope_type, b.scope, b.period, b.period_start) as version_count
  from span p
  join budget b on b.period_start = p.start_on and b.period_end = p.end_on
  left join feature f on b.scope_type = 'feature' and f.feature = b.scope
  where b.currency = :currency
    and p.known_on > p.start_on
    and b.scope_type = case
      when :segment = 'team' then 'team'
      when :segment = 'feature' then 'feature'
      when not :any_feature then 'feature'
      when not :any_team then 'team'
      else 'organization'
    end
    and (:any_team or case b.scope_type when 'feature' then f.team else b.scope end in :team)
    and (:any_feature or b.scope_type <> 'feature' or b.scope in :feature)
),
spent as (
  select
    v.start_at,
    v.scope_type,
    v.scope,
    v.amount,
    v.version_count,
    cast(v.known_on - v.start_on as bigint) as day_count,
    cast(v.end_on - v.start_on as bigint) as all_day_count,
    coalesce(sum(c.billed_cost), 0) as billed_cost
  from version v
  left join scope_cost_day c
    on c.scope_type = v.scope_type
    and c.scope = v.scope
    and c.currency = :currency
    and c.day >= v.start_on
    and c.day < v.known_on
    and c.day >= cast(:start as date)
  where v.age = 1
  group by v.start_at, v.start_on, v.end_on, v.known_on, v.scope_type, v.scope, v.amount, v.version_count
),
placed as (
  select
    start_at,
    case when :segment = 'all' then '' else scope end as segment,
    billed_cost,
    amount,
    cast(cast(amount * day_count as decimal(38, 12)) / all_day_count as decimal(38, 12)) as pro_rated,
    day_count,
    version_count
  from spent
)
select
  start_at as period_start,
  segment,
  cast(sum(billed_cost) - sum(pro_rated) as double precision) as numerator,
  cast(sum(pro_rated) as double precision) as denominator,
  cast(max(day_count) as bigint) as sample_count,
  cast(sum(billed_cost) as decimal(38, 12)) as billed_cost,
  cast(sum(pro_rated) as decimal(38, 12)) as pro_rated_budget,
  cast(sum(amount) as decimal(38, 12)) as whole_budget,
  cast(max(version_count) as bigint) as version_count
from placed
group by start_at, segment
order by start_at, segment
