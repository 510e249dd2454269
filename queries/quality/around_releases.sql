-- title:   Was an answer more often unsafe after a new model or prompt?
-- grain:   one row per production release of a model or prompt with checked interactions of its feature in the 14 days
--          before and after it, newest first. Only the policy any counts; days after the next such release of the
--          feature, or before the one before it, are in neither
-- params:  start timestamp, end timestamp (released in it), until timestamp (nothing later counts), tier texts,
--          team texts, feature texts
-- returns: released_at timestamp, kind text, version text, feature text, name text, team text, tier text, url text,
--          before_checked_count count, before_violation_count count, after_checked_count count,
--          after_violation_count count
with shipped as (
  select
    r.source, r.release_id, r.released_at, r.kind, r.version, r.feature, f.name,
    coalesce(r.team, f.team) as team, f.tier, r.url,
    lag(r.released_at) over (partition by r.feature order by r.released_at, r.release_id) as former_at,
    lead(r.released_at) over (partition by r.feature order by r.released_at, r.release_id) as next_at
  from release r
  left join feature f on f.feature = r.feature
  where r.environment = 'production'
    and r.status in ('released', 'reverted')
    and r.kind in ('model', 'prompt')
    and r.feature is not null
    and r.released_at < cast(:until as timestamp)
),
around as (
  select
    s.released_at, s.kind, s.version, s.feature, s.name, s.team, s.tier, s.url, s.release_id,
    case when h.hour < s.released_at then h.checked_count end as before_checked,
    case when h.hour < s.released_at then h.violation_count end as before_violations,
    case when h.hour >= s.released_at then h.checked_count end as after_checked,
    case when h.hour >= s.released_at then h.violation_count end as after_violations
  from shipped s
  join safety_hour h
    on h.feature = s.feature
    and h.policy = 'any'
    and h.hour >= s.released_at - interval '14 days'
    and h.hour < s.released_at + interval '14 days'
    and (s.former_at is null or h.hour >= s.former_at)
    and (s.next_at is null or h.hour < s.next_at)
    and h.hour < cast(:until as timestamp)
  where s.released_at >= cast(:start as timestamp)
    and s.released_at < cast(:end as timestamp)
    and (:any_tier or s.tier in :tier)
    and (:any_team or s.team in :team)
    and (:any_feature or s.feature in :feature)
)
select
  released_at, kind, version, feature, name, team, tier, url,
  cast(sum(before_checked) as bigint) as before_checked_count,
  cast(sum(before_violations) as bigint) as before_violation_count,
  cast(sum(after_checked) as bigint) as after_checked_count,
  cast(sum(after_violations) as bigint) as after_violation_count
from around
group by released_at, kind, version, feature, name, team, tier, url, release_id
having sum(before_checked) > 0 and sum(after_checked) > 0
order by released_at desc, feature, release_id
