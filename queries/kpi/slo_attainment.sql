-- title:   How many service level objectives were met?
-- grain:   one row per period × segment with a counted event; teams are owners, features services of an SLO
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          missed_count count, worst_ratio ratio
-- number:  7
-- name:    SLOs met
-- definition: SLOs whose good events, of all that were valid in the period, reached their objective, of all SLOs with
--          events in it. Exclusions are left out; hours are UTC.
-- unit:    ratio
-- better:  higher
-- cadence: week
-- stage:   lagging
-- facts:   sli_minute
-- target:  >= 90%; critical >= 100%
-- spread:  none
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
placed_hour as (  -- the few hours find their period, so that the many counts are joined by equality
  select h.hour, p.start_at
  from (select distinct hour from sli_hour where hour >= cast(:start as timestamp)) h
  join span p on h.hour >= p.start_at and h.hour < p.end_at
),
counted as (
  select p.start_at, h.slo, sum(h.good_count) as good_count, sum(h.total_count) as total_count
  from sli_hour h
  join placed_hour p on p.hour = h.hour
  where h.hour >= cast(:start as timestamp)
  group by p.start_at, h.slo
),
placed as (
  select
    c.start_at,
    case :segment when 'tier' then o.tier when 'team' then o.owner when 'feature' then o.service else '' end as segment,
    case when c.good_count >= o.target * c.total_count then 1 else 0 end as met,
    cast(c.good_count as double precision) / c.total_count as good_ratio
  from counted c
  join slo_objective o on o.slo = c.slo
  where c.total_count > 0
    and (:any_tier or o.tier in :tier)
    and (:any_team or o.owner in :team)
    and (:any_feature or o.service in :feature)
)
select
  start_at as period_start,
  segment,
  cast(sum(met) as double precision) as numerator,
  cast(count(*) as double precision) as denominator,
  cast(count(*) as bigint) as sample_count,
  cast(sum(1 - met) as bigint) as missed_count,
  min(good_ratio) as worst_ratio
from placed
group by start_at, segment
order by start_at, segment
