-- title:   How long did incidents hurt?
-- grain:   one row per period × segment with an own incident restored in it or open at its end; one that is over,
--          nobody says since when, is neither
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          sev1_minutes minutes, median_minutes minutes, p90_minutes minutes, open_count count,
--          oldest_open_days days
-- number:  6
-- name:    Time to restore
-- definition: Mean minutes of impact over own incidents restored in the period; one that was reopened counts the sum
--          of its impact. Incidents still open are not in the mean and stand beside it. The target is for sev1.
-- unit:    minutes
-- better:  lower
-- cadence: month
-- stage:   lagging
-- facts:   incident
-- target:  < 120
-- judged:  sev1_minutes
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
impact as (
  select
    source,
    incident_id,
    max(ended_at) as last_ended_at,
    case when count(*) = count(ended_at) and min(extract(epoch from ended_at) - extract(epoch from started_at)) >= 0
      then sum(extract(epoch from ended_at) - extract(epoch from started_at)) / 60.0
    end as minutes
  from incident_span
  group by source, incident_id
),
told as (
  select
    i.severity,
    i.declared_at,
    i.status = 'open' as is_open,
    case when i.status <> 'open' then coalesce(s.last_ended_at, i.mitigated_at, i.resolved_at) end as restored_at,
    case when i.status <> 'open' then s.minutes end as minutes,
    i.feature,
    coalesce(i.team, f.team) as team,
    f.tier
  from incident i
  left join impact s on s.source = i.source and s.incident_id = i.incident_id
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.status not in ('merged', 'declined')
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(i.team, f.team) in :team)
    and (:any_feature or i.feature in :feature)
),
placed as (
  select
    p.start_at,
    case :segment when 'tier' then t.tier when 'team' then t.team when 'feature' then t.feature else '' end as segment,
    t.severity,
    case when t.restored_at >= p.start_at and t.restored_at < p.end_at then t.minutes end as minutes,
    case
      when t.declared_at < p.end_at and (t.is_open or t.restored_at >= p.end_at)
        then (extract(epoch from p.end_at) - extract(epoch from t.declared_at)) / 86400.0
    end as open_days
  from span p
  join told t
    on (t.restored_at >= p.start_at and t.restored_at < p.end_at)
    or (t.declared_at < p.end_at and (t.is_open or t.restored_at >= p.end_at))
)
select
  start_at as period_start,
  segment,
  cast(sum(minutes) as double precision) as numerator,
  cast(count(minutes) as double precision) as denominator,
  cast(count(minutes) as bigint) as sample_count,
  cast(avg(case when severity = 'sev1' then minutes end) as double precision) as sev1_minutes,
  percentile_cont(0.5) within group (order by cast(minutes as double precision)) as median_minutes,
  percentile_cont(0.9) within group (order by cast(minutes as double precision)) as p90_minutes,
  cast(count(open_days) as bigint) as open_count,
  cast(max(open_days) as double precision) as oldest_open_days
from placed
group by start_at, segment
order by start_at, segment
