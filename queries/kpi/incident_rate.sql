-- title:   How many grave incidents of AI were there?
-- grain:   one row per period × segment with an own AI incident of sev1 or sev2 or a request
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          sev1_count count, per_1m_requests number
-- number:  4
-- name:    Grave AI incidents
-- definition: Own incidents related to AI of sev1 and sev2 declared in the period, with the severity they have now;
--          merged and declined ones are left out.
-- unit:    count
-- better:  lower
-- cadence: week
-- stage:   lagging
-- facts:   incident
-- target:  falling
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
told as (
  select
    p.start_at,
    case
      :segment when 'tier' then f.tier when 'team' then coalesce(i.team, f.team) when 'feature' then i.feature else ''
    end as segment,
    1 as incidents,
    case when i.severity = 'sev1' then 1 else 0 end as sev1,
    0 as requests
  from span p
  join incident i on i.declared_at >= p.start_at and i.declared_at < p.end_at
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.status not in ('merged', 'declined')
    and i.severity in ('sev1', 'sev2')
    and i.ai_related
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(i.team, f.team) in :team)
    and (:any_feature or i.feature in :feature)
),
placed_day as (  -- days are few: each finds its period before the many rows of usage are read
  select d.day, p.start_at
  from (select distinct day from attributed_usage_day where day >= cast(:start as date)) d
  join period p on p.cadence = :cadence and d.day >= p.start_on and d.day < p.end_on
  where p.start_at >= cast(:start as timestamp)
    and p.start_at < cast(:end as timestamp)
    and (p.end_at <= cast(:until as timestamp) or d.day < cast(:until as date))
),
used as (
  select
    d.start_at,
    case :segment when 'tier' then f.tier when 'team' then u.team when 'feature' then u.feature else '' end as segment,
    sum(u.request_count) as requests
  from attributed_usage_day u
  join placed_day d on d.day = u.day
  left join feature f on f.feature = u.feature
  where u.day >= cast(:start as date)
    and (:any_tier or f.tier in :tier)
    and (:any_team or u.team in :team)
    and (:any_feature or u.feature in :feature)
  group by 1, 2
),
placed as (
  select start_at, segment, incidents, sev1, requests from told
  union all
  select start_at, segment, 0, 0, requests from used
)
select
  start_at as period_start,
  segment,
  cast(sum(incidents) as double precision) as numerator,
  cast(1 as double precision) as denominator,
  cast(sum(incidents) as bigint) as sample_count,
  cast(sum(sev1) as bigint) as sev1_count,
  cast(sum(incidents) as double precision) * 1000000 / nullif(cast(sum(requests) as double precision), 0)
    as per_1m_requests
from placed
group by start_at, segment
order by start_at, segment
