-- title:   How often was an answer unsafe, by feature and policy?
-- grain:   one row per feature × policy with checks in the UTC hours that begin in the span, in order of feature. The
--          policy any counts each interaction once; single policies overlap and never add up. Blocked and leaked
--          counts are NULL where an hour does not know them
-- params:  start timestamp, end timestamp (UTC, half-open), tier texts, team texts, feature texts
-- returns: feature text, policy text, team text, tier text, checked_count count, violation_count count,
--          blocked_count count, leaked_count count, violations_per_10k number, leaked_per_10k number,
--          first_hour timestamp, last_hour timestamp
with counted as (
  select
    feature, policy,
    cast(sum(checked_count) as bigint) as checked_count,
    cast(sum(violation_count) as bigint) as violation_count,
    cast(case when count(*) = count(blocked_count) then sum(blocked_count) end as bigint) as blocked_count,
    cast(case when count(*) = count(leaked_count) then sum(leaked_count) end as bigint) as leaked_count,
    min(hour) as first_hour,
    max(hour) as last_hour
  from safety_hour
  where hour >= :start
    and hour < :end
  group by feature, policy
)
select
  c.feature, c.policy, f.team, f.tier, c.checked_count, c.violation_count, c.blocked_count, c.leaked_count,
  case
    when c.checked_count > 0
      then cast(c.violation_count * 10000 as double precision) / cast(c.checked_count as double precision)
  end as violations_per_10k,
  case
    when c.checked_count > 0
      then cast(c.leaked_count * 10000 as double precision) / cast(c.checked_count as double precision)
  end as leaked_per_10k,
  c.first_hour, c.last_hour
from counted c
left join feature f on f.feature = c.feature
where (:any_tier or f.tier in :tier)
  and (:any_team or f.team in :team)
  and (:any_feature or c.feature in :feature)
order by c.feature, c.policy
