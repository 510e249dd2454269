-- title:   Where are answers unsafe, and against which policy?
-- grain:   one row per feature × policy with checked interactions, the most leaked first. The policy any counts each
--          interaction once; single policies overlap, so they stand beside and never add up
-- params:  start timestamp, end timestamp, tier texts, team texts, feature texts
-- returns: feature text, name text, team text, tier text, policy text, checked_count count, violation_count count,
--          blocked_count count, blocked_checked_count count, leaked_count count, leaked_checked_count count
select
  s.feature,
  max(f.name) as name,
  max(f.team) as team,
  max(f.tier) as tier,
  s.policy,
  cast(sum(s.checked_count) as bigint) as checked_count,
  cast(sum(s.violation_count) as bigint) as violation_count,
  cast(sum(s.blocked_count) as bigint) as blocked_count,
  cast(sum(case when s.blocked_count is not null then s.checked_count end) as bigint) as blocked_checked_count,
  cast(sum(s.leaked_count) as bigint) as leaked_count,
  cast(sum(case when s.leaked_count is not null then s.checked_count end) as bigint) as leaked_checked_count
from safety_hour s
left join feature f on f.feature = s.feature
where s.hour >= cast(:start as timestamp)
  and s.hour < cast(:end as timestamp)
  and (:any_tier or f.tier in :tier)
  and (:any_team or f.team in :team)
  and (:any_feature or s.feature in :feature)
group by s.feature, s.policy
order by coalesce(sum(s.leaked_count), 0) desc, sum(s.violation_count) desc, s.feature, s.policy
