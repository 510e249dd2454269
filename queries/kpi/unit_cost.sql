-- title:   What do a thousand requests cost?
-- grain:   one row per period × segment with a cost or a request. UTC days; only slices (day, provider,
--          feature, environment) with both costs and requests are divided
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts, currency text
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          cost_per_outcome number, accepted_count count
-- number:  8
-- name:    Cost per 1K requests
-- definition: Effective cost in the organisation's currency of what reports both costs and requests, by a thousand
--          requests; failed ones cost, too. Beside it: effective cost of features with outcomes in the period by
--          accepted outcome, over all its days, since outcomes may be told by the day or by the week. A feature whose
--          outcomes began within the period is left out of it: its cost without outcomes would make it too high.
-- unit:    cost_per_1k
-- better:  lower
-- cadence: month
-- stage:   finance
-- facts:   charge, token_usage
-- target:  change <= -15%
-- scale:   1000
with placed_day as (  -- days are few: each finds its period before the many rows of costs are read
  select d.day, p.start_at
  from (
    select distinct day
    from attributed_cost_day
    where day >= cast(:start as date)
    union
    select day
    from outcome
    where day >= cast(:start as date)
  ) d
  join period p on p.cadence = :cadence and d.day >= p.start_on and d.day < p.end_on
  where p.start_at >= cast(:start as timestamp)
    and p.start_at < cast(:end as timestamp)
    and (p.end_at <= cast(:until as timestamp) or d.day < cast(:until as date))
),
unconverted as (  -- what is billed in other currencies only is no cost of these requests
  select day, scope as provider
  from scope_cost_day
  where scope_type = 'provider'
    and day >= cast(:start as date)
  group by day, scope
  having max(case when currency = :currency then 1 else 0 end) = 0
),
piece as (
  select
    c.day,
    c.feature,
    c.team,
    case when c.request_cost is not null then c.effective_cost end as request_cost,
    c.effective_cost as outcome_cost,
    cast(null as bigint) as request_count,
    cast(null as bigint) as accepted_count
  from attributed_cost_day c
  where c.currency = :currency
    and c.day >= cast(:start as date)
  union all
  select
    u.day, u.feature, u.team, cast(null as decimal(38, 12)), cast(null as decimal(38, 12)), u.costed_request_count,
    cast(null as bigint)
  from attributed_usage_day u
  left join unconverted x on x.day = u.day and x.provider = u.provider
  where u.day >= cast(:start as date)
    and u.costed_request_count is not null
    and x.day is null
  union all
  select
    o.day, o.feature, f.team, cast(null as decimal(38, 12)), cast(null as decimal(38, 12)), cast(null as bigint),
    o.accepted_count
  from outcome o
  left join feature f on f.feature = o.feature
  where o.accepted_count is not null
    and o.day >= cast(:start as date)
),
summed as (  -- by feature before anything is looked up for it: periods have few features, days have many rows
  select
    p.start_at,
    b.feature,
    b.team,
    sum(b.request_cost) as request_cost,
    sum(b.outcome_cost) as outcome_cost,
    sum(b.request_count) as request_count,
    sum(b.accepted_count) as accepted_count
  from piece b
  join placed_day p on p.day = b.day
  group by p.start_at, b.feature, b.team
),
began as (
  select feature, min(day) as first_day
  from outcome
  where accepted_count is not null
  group by feature
),
measured as (  -- where outcomes began within the period, its cost before them is of none
  select distinct s.start_at, s.feature
  from summed s
  join period p on p.cadence = :cadence and p.start_at = s.start_at
  join began b on b.feature = s.feature and b.first_day <= p.start_on
  where s.accepted_count is not null
),
placed as (
  select
    s.start_at,
    case :segment when 'tier' then f.tier when 'team' then s.team when 'feature' then s.feature else '' end as segment,
    s.request_cost,
    case when m.feature is not null then s.outcome_cost end as outcome_cost,
    s.request_count,
    case when m.feature is not null then s.accepted_count end as accepted_count
  from summed s
  left join measured m on m.start_at = s.start_at and m.feature = s.feature
  left join feature f on f.feature = s.feature
  where (:any_tier or f.tier in :tier)
    and (:any_team or s.team in :team)
    and (:any_feature or s.feature in :feature)
)
select
  start_at as period_start,
  segment,
  cast(sum(request_cost) as double precision) as numerator,
  cast(sum(request_count) as double precision) as denominator,
  cast(sum(request_count) as bigint) as sample_count,
  cast(sum(outcome_cost) as double precision) / nullif(cast(sum(accepted_count) as double precision), 0)
    as cost_per_outcome,
  cast(sum(accepted_count) as bigint) as accepted_count
from placed
group by start_at, segment
order by start_at, segment
