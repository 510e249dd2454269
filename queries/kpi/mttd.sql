-- title:   How long did it take to notice that something was wrong?
-- grain:   one row per period × segment with an own incident declared in it
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          median_minutes minutes, unknown_count count (no known start or detection), early_count count (detected
--          before the impact, which counts 0)
-- number:  5
-- name:    Time to detect
-- definition: Mean minutes from the start of the impact to its detection, over own incidents declared in the period
--          of which both are known.
-- unit:    minutes
-- better:  lower
-- cadence: week
-- stage:   lagging
-- facts:   incident
-- target:  < 30; critical < 15
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
placed as (
  select
    p.start_at,
    case
      :segment when 'tier' then f.tier when 'team' then coalesce(i.team, f.team) when 'feature' then i.feature else ''
    end as segment,
    (extract(epoch from i.detected_at) - extract(epoch from i.impact_started_at)) / 60.0 as told_minutes
  from span p
  join incident i on i.declared_at >= p.start_at and i.declared_at < p.end_at
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.status not in ('merged', 'declined')
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(i.team, f.team) in :team)
    and (:any_feature or i.feature in :feature)
),
clocked as (
  select start_at, segment, told_minutes, case when told_minutes < 0 then 0 else told_minutes end as minutes
  from placed
)
select
  start_at as period_start,
  segment,
  cast(sum(minutes) as double precision) as numerator,
  cast(count(minutes) as double precision) as denominator,
  cast(count(minutes) as bigint) as sample_count,
  percentile_cont(0.5) within group (order by cast(minutes as double precision)) as median_minutes,
  cast(count(*) - count(minutes) as bigint) as unknown_count,
  cast(sum(case when told_minutes < 0 then 1 else 0 end) as bigint) as early_count
from clocked
group by start_at, segment
order by start_at, segment
