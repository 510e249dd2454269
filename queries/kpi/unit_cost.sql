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
--          requests; failed ones cost, too. Beside it: effective cost of features with outcomes by accepted outcome.
-- unit:    cost_per_1k
-- better:  lower
-- cadence: month
-- stage:   finance
-- facts:   charge, token_usage
-- target:  change <= -15%
-- scale:   1000
with span as (
  select
    start_at, start_on, case when end_on > cast(:until as date) then cast(:until as date) else end_on end as end_on
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_on < cast(:until as date)
),
accepted as (
  select day, feature, sum(accepted_count) as accepted_count
  from outcome
  where accepted_count is not null
    and day >= cast(:start as date)
  group by day, feature
),
piece as (
  select
    c.day,
    c.feature,
    c.team,
    sum(case when c.request_cost is not null then c.effective_cost end) as request_cost,
    sum(c.effective_cost) as effective_cost,
    cast(null as bigint) as request_count
  from attributed_cost_day c
  where c.currency = :currency
    and c.day >= cast(:start as date)
  group by c.day, c.feature, c.team
  union all
  select day, feature, team, cast(null as decimal(38, 12)), cast(null as decimal(38, 12)), sum(costed_request_count)
  from attributed_usage_day
  where day >= cast(:start as date)
  group by day, feature, team
),
daily as (
  select
    b.day,
    b.feature,
    b.team,
    sum(b.request_cost) as request_cost,
    sum(b.request_count) as request_count,
    sum(b.effective_cost) as effective_cost
  from piece b
  group by b.day, b.feature, b.team
),
placed as (
  select
    p.start_at,
    case :segment when 'tier' then f.tier when 'team' then d.team when 'feature' then d.feature else '' end as segment,
    d.request_cost,
    d.request_count,
    case when a.accepted_count is not null then d.effective_cost end as outcome_cost,
    a.accepted_count
  from span p
  join daily d on d.day >= p.start_on and d.day < p.end_on
  left join feature f on f.feature = d.feature
  left join accepted a on a.day = d.day and a.feature = d.feature
  where (:any_tier or f.tier in :tier)
    and (:any_team or d.team in :team)
    and (:any_feature or d.feature in :feature)
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
