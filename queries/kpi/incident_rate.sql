-- title:   How many grave incidents of AI were there?
-- grain:   one row per period × segment with an own AI incident of sev1 or sev2, one that is not classified, a sev1
--          earlier in its quarter, or a request
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          sev1_count count, sev1_in_quarter_count count, unclassified_count count, per_1m_requests number
-- number:  4
-- name:    Grave AI incidents
-- definition: Own incidents related to AI of sev1 and sev2 declared in the period, with the severity they have now;
--          merged and declined ones are left out. Sev1 in quarter: those of the fiscal quarter that holds the last day
--          of the period, from its beginning to the end of the period. Unclassified: those of the period of which
--          nobody says whether they are about AI, or how grave they are; they are not in the count.
-- unit:    count
-- better:  lower
-- cadence: week
-- stage:   lagging
-- facts:   incident
-- target:  falling
-- limit:   sev1_in_quarter_count < 2
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
quarter as (
  select s.start_at, s.end_at, q.start_at as quarter_at
  from span s
  join period q on q.cadence = 'quarter' and q.start_at < s.end_at and q.end_at >= s.end_at
),
grave as (
  select
    i.declared_at,
    case
      :segment when 'tier' then f.tier when 'team' then coalesce(i.team, f.team) when 'feature' then i.feature else ''
    end as segment,
    case when i.ai_related and i.severity is not null then 1 else 0 end as counted,
    case when i.ai_related and i.severity = 'sev1' then 1 else 0 end as sev1
  from incident i
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.status not in ('merged', 'declined')
    and (i.severity in ('sev1', 'sev2') or i.severity is null)
    and coalesce(i.ai_related, true)
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(i.team, f.team) in :team)
    and (:any_feature or i.feature in :feature)
),
told as (
  select
    p.start_at,
    g.segment,
    case when g.declared_at >= p.start_at then g.counted else 0 end as incidents,
    case when g.declared_at >= p.start_at then g.sev1 else 0 end as sev1,
    case when g.declared_at >= p.quarter_at then g.sev1 else 0 end as quarter_sev1,
    case when g.declared_at >= p.start_at then 1 - g.counted else 0 end as unclassified
  from quarter p
  join grave g
    on g.declared_at < p.end_at
    and (g.declared_at >= p.start_at or (g.sev1 = 1 and g.declared_at >= p.quarter_at))
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
  select start_at, segment, incidents, sev1, quarter_sev1, unclassified, 0 as requests from told
  union all
  select start_at, segment, 0, 0, 0, 0, requests from used
)
select
  start_at as period_start,
  segment,
  cast(sum(incidents) as double precision) as numerator,
  cast(1 as double precision) as denominator,
  cast(sum(incidents) as bigint) as sample_count,
  cast(sum(sev1) as bigint) as sev1_count,
  cast(sum(quarter_sev1) as bigint) as sev1_in_quarter_count,
  cast(sum(unclassified) as bigint) as unclassified_count,
  cast(sum(incidents) as double precision) * 1000000 / nullif(cast(sum(requests) as double precision), 0)
    as per_1m_requests
from placed
group by start_at, segment
order by start_at, segment
