-- title:   How many defects did customers find before we did?
-- grain:   one row per period × segment with a customer's defect, or requests, or a defect that is open at its end; one
--          that was resolved, nobody says when, is not open
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          per_1m_requests number, open_count count, oldest_open_days days
-- number:  14
-- name:    Customer-reported defects
-- definition: AI defects that a customer reported first in the period; those that are none after all and repeats of a
--          known one are left out. One of which nobody says whether it is about AI counts.
-- unit:    count
-- better:  lower
-- cadence: month
-- stage:   lagging
-- facts:   defect
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
    d.reported_at,
    case when d.status = 'resolved' then coalesce(d.resolved_at, d.reported_at) end as resolved_at,
    d.feature,
    coalesce(d.team, f.team) as team,
    f.tier
  from defect d
  left join feature f on f.feature = d.feature
  where d.status in ('open', 'resolved')
    and coalesce(d.root_id, d.defect_id) = d.defect_id
    and d.reported_by = 'customer'
    and coalesce(d.ai_related, true)
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(d.team, f.team) in :team)
    and (:any_feature or d.feature in :feature)
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
  select
    p.start_at,
    case :segment when 'tier' then t.tier when 'team' then t.team when 'feature' then t.feature else '' end as segment,
    case when t.reported_at >= p.start_at then 1 else 0 end as reported,
    case
      when t.resolved_at is null or t.resolved_at >= p.end_at
        then (extract(epoch from p.end_at) - extract(epoch from t.reported_at)) / 86400.0
    end as open_days,
    0 as requests
  from span p
  join told t
    on t.reported_at < p.end_at
    and (t.reported_at >= p.start_at or t.resolved_at is null or t.resolved_at >= p.end_at)
  union all
  select start_at, segment, 0, cast(null as double precision), requests from used
)
select
  start_at as period_start,
  segment,
  cast(sum(reported) as double precision) as numerator,
  cast(1 as double precision) as denominator,
  cast(sum(reported) as bigint) as sample_count,
  cast(sum(reported) as double precision) * 1000000 / nullif(cast(sum(requests) as double precision), 0)
    as per_1m_requests,
  cast(count(open_days) as bigint) as open_count,
  cast(max(open_days) as double precision) as oldest_open_days
from placed
group by start_at, segment
order by start_at, segment
