-- title:   Which approved specifications wait for their release?
-- grain:   one row per approved specification that is neither in production nor given up, the oldest approval first
-- params:  now timestamp, tier texts, team texts, feature texts
-- returns: spec_id text, status text, approved_at timestamp, waiting_days days, feature text, name text, team text,
--          tier text, url text
with approval as (
  select
    spec_id, min(approved_at) as approved_at, min(status) as status, min(feature) as feature, min(team) as team,
    min(url) as url,
    case when count(*) = count(given_up_at) then max(given_up_at) end as given_up_at
  from (
    select
      spec_id, approved_at, status, feature, team, url,
      case
        when lower(status) in (
          'declined', 'cancelled', 'canceled', 'rejected', 'withdrawn', 'abandoned', 'duplicate', 'won''t do'
        )
          then coalesce(done_at, created_at)
      end as given_up_at
    from spec
  ) s
  group by spec_id
)
select
  a.spec_id,
  a.status,
  a.approved_at,
  cast((extract(epoch from cast(:now as timestamp)) - extract(epoch from a.approved_at)) / 86400.0 as double precision)
    as waiting_days,
  a.feature,
  f.name,
  coalesce(a.team, f.team) as team,
  f.tier,
  a.url
from approval a
left join feature f on f.feature = a.feature
where a.approved_at <= cast(:now as timestamp)
  and (a.given_up_at is null or a.given_up_at > cast(:now as timestamp))
  and not exists (
    select 1
    from release r
    where r.spec_id = a.spec_id
      and r.environment = 'production'
      and r.status in ('released', 'reverted')
      and r.released_at <= cast(:now as timestamp)
  )
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(a.team, f.team) in :team)
  and (:any_feature or a.feature in :feature)
order by a.approved_at, a.spec_id
