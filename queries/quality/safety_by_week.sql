-- title:   How often was an answer unsafe, week by week?
-- grain:   one row per week of the organisation with checked interactions. Only the policy any counts, which counts
--          each interaction once. What was blocked and leaked divides by the checked ones of which it is known
-- params:  start timestamp, end timestamp (weeks that begin in it), until timestamp (nothing later counts),
--          tier texts, team texts, feature texts
-- returns: week_on date, week_name text, checked_count count, violation_count count, blocked_count count,
--          blocked_checked_count count, leaked_count count, leaked_checked_count count, is_whole flag
select
  p.start_on as week_on,
  p.name as week_name,
  cast(sum(s.checked_count) as bigint) as checked_count,
  cast(sum(s.violation_count) as bigint) as violation_count,
  cast(sum(s.blocked_count) as bigint) as blocked_count,
  cast(sum(case when s.blocked_count is not null then s.checked_count end) as bigint) as blocked_checked_count,
  cast(sum(s.leaked_count) as bigint) as leaked_count,
  cast(sum(case when s.leaked_count is not null then s.checked_count end) as bigint) as leaked_checked_count,
  p.end_at <= cast(:until as timestamp) as is_whole
from period p
join safety_hour s on s.hour >= p.start_at and s.hour < p.end_at and s.hour < cast(:until as timestamp)
left join feature f on f.feature = s.feature
where p.cadence = 'week'
  and p.start_at >= cast(:start as timestamp)
  and p.start_at < cast(:end as timestamp)
  and s.policy = 'any'
  and (:any_tier or f.tier in :tier)
  and (:any_team or f.team in :team)
  and (:any_feature or s.feature in :feature)
group by p.start_on, p.name, p.end_at
order by p.start_on
