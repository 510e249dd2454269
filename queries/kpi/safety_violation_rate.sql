-- title:   How often was an answer unsafe?
-- grain:   one row per period × segment with checked interactions. Only the policy any counts, which counts
--          each interaction once
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          leaked_per_10k number, leaked_count count, blocked_count count
-- number:  11
-- name:    Safety violations
-- definition: Interactions with at least one confirmed violation by 10,000 checked ones. The target is for those that
--          reached somebody.
-- unit:    per_10k
-- better:  lower
-- cadence: week
-- stage:   lagging
-- facts:   safety_hour
-- target:  <= 5; critical <= 1
-- scale:   10000
-- spread:  poisson
-- judged:  leaked_per_10k
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
hourly as (  -- hours are few and counts are many: added up before they find their period
  select
    s.hour,
    case :segment when 'tier' then f.tier when 'team' then f.team when 'feature' then s.feature else '' end as segment,
    sum(s.checked_count) as checked_count,
    sum(s.violation_count) as violation_count,
    sum(s.blocked_count) as blocked_count,
    sum(s.leaked_count) as leaked_count,
    sum(case when s.leaked_count is not null then s.checked_count end) as judged_count
  from safety_hour s
  left join feature f  -- only where it is asked for: names cost more to join than all the counts to add up
    on f.feature = s.feature and (:segment in ('tier', 'team') or not (:any_tier and :any_team))
  where s.policy = 'any'
    and s.hour >= cast(:start as timestamp)
    and (:any_tier or f.tier in :tier)
    and (:any_team or f.team in :team)
    and (:any_feature or s.feature in :feature)
  group by 1, 2
),
placed as (
  select
    p.start_at, h.segment, h.checked_count, h.violation_count, h.blocked_count, h.leaked_count, h.judged_count
  from hourly h
  join span p on h.hour >= p.start_at and h.hour < p.end_at
)
select
  start_at as period_start,
  segment,
  cast(sum(violation_count) as double precision) as numerator,
  cast(sum(checked_count) as double precision) as denominator,
  cast(sum(checked_count) as bigint) as sample_count,
  cast(sum(leaked_count) as double precision) * 10000
    / nullif(cast(sum(judged_count) as double precision), 0)
    as leaked_per_10k,
  cast(sum(leaked_count) as bigint) as leaked_count,
  cast(sum(blocked_count) as bigint) as blocked_count
from placed
group by start_at, segment
order by start_at, segment
