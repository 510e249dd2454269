-- title:   Which releases were taken back or mended?
-- grain:   one row per production release of the period that was reverted or followed by an older version within 7
--          days, fixed by rolling forward within 7 days, or never got out; newest first. One that is said to be
--          reverted, but not when, is there with hours_after NULL
-- params:  start timestamp, end timestamp, until timestamp (nothing later counts), tier texts,
--          team texts, feature texts
-- returns: released_at timestamp, ending text (reverted, older version, rolled forward, failed), hours_after number,
--          kind text, version text, feature text, name text, team text, tier text, url text
with shipped as (
  select
    source, release_id, kind, status, version, feature, team, coalesce(service, feature, '') as line, released_at,
    created_at, reverts, fixes, url,
    min(case when status in ('released', 'reverted') then released_at end) over (
      partition by source, coalesce(service, feature, ''), kind, version
    ) as version_first_at
  from release
  where environment = 'production'
    and coalesce(released_at, created_at) < cast(:until as timestamp)
),
later as (
  select
    a.source,
    a.release_id,
    min(case
      when b.line <> '' and b.version <> coalesce(a.version, '') and b.version_first_at < a.released_at
        then b.released_at
    end) as older_at,
    min(case when b.fixes = a.release_id then b.released_at end) as fixed_at
  from shipped a
  join shipped b
    on b.source = a.source
    and b.line = a.line
    and b.kind = a.kind
    and b.released_at > a.released_at
    and b.released_at <= a.released_at + interval '7 days'
  where a.version_first_at = a.released_at or a.version is null
  group by a.source, a.release_id
),
reverted as (
  select source, reverts as release_id, min(released_at) as reverted_at
  from shipped
  where reverts is not null and released_at is not null
  group by source, reverts
),
told as (
  select
    coalesce(s.released_at, s.created_at) as released_at,
    case
      when s.released_at is null then 'failed'
      when r.reverted_at <= s.released_at + interval '7 days' then 'reverted'
      when l.older_at is not null then 'older version'
      when s.status = 'reverted' and r.reverted_at is null then 'reverted'
      when l.fixed_at is not null then 'rolled forward'
    end as ending,
    case
      when r.reverted_at <= s.released_at + interval '7 days' then r.reverted_at
      when l.older_at is not null then l.older_at
      when s.status <> 'reverted' or r.reverted_at is not null then l.fixed_at
    end as ended_at,
    s.kind, s.version, s.feature, s.team, s.url, s.source, s.release_id
  from shipped s
  left join later l on l.source = s.source and l.release_id = s.release_id
  left join reverted r on r.source = s.source and r.release_id = s.release_id
  where s.status in ('released', 'reverted', 'failed')
)
select
  t.released_at,
  t.ending,
  cast((extract(epoch from t.ended_at) - extract(epoch from t.released_at)) / 3600.0 as double precision)
    as hours_after,
  t.kind,
  t.version,
  t.feature,
  f.name,
  coalesce(t.team, f.team) as team,
  f.tier,
  t.url
from told t
left join feature f on f.feature = t.feature
where t.ending is not null
  and t.released_at >= cast(:start as timestamp)
  and t.released_at < cast(:end as timestamp)
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(t.team, f.team) in :team)
  and (:any_feature or t.feature in :feature)
order by t.released_at desc, t.source, t.release_id
