-- title:   How long did each release take from its approved specification?
-- grain:   one row per specification, or release without one, that first came into production in the period, newest
--          first. What was released and reverted keeps its first release
-- params:  start timestamp, end timestamp, tier texts, team texts, feature texts
-- returns: item text, released_at timestamp, approved_at timestamp, days days (NULL: without an approval before it),
--          kind text, version text, feature text, name text, team text, tier text, url text
with approval as (
  select spec_id, min(approved_at) as approved_at, min(feature) as feature, min(team) as team
  from spec
  group by spec_id
),
shipped as (
  select
    coalesce(spec_id, source || '/' || release_id) as item,
    spec_id, released_at, spec_approved_at, feature, team, kind, version, url,
    row_number() over (
      partition by coalesce(spec_id, source || '/' || release_id) order by released_at, source, release_id
    ) as place
  from release
  where environment = 'production' and status in ('released', 'reverted') and released_at is not null
),
told as (
  select
    s.item,
    s.released_at,
    coalesce(a.approved_at, s.spec_approved_at) as approved_at,
    s.kind,
    s.version,
    coalesce(s.feature, a.feature) as feature,
    coalesce(s.team, a.team) as team,
    s.url
  from shipped s
  left join approval a on a.spec_id = s.spec_id
  where s.place = 1
    and s.released_at >= cast(:start as timestamp)
    and s.released_at < cast(:end as timestamp)
)
select
  t.item,
  t.released_at,
  t.approved_at,
  cast(case
    when t.approved_at <= t.released_at
      then (extract(epoch from t.released_at) - extract(epoch from t.approved_at)) / 86400.0
  end as double precision) as days,
  t.kind,
  t.version,
  t.feature,
  f.name,
  coalesce(t.team, f.team) as team,
  f.tier,
  t.url
from told t
left join feature f on f.feature = t.feature
where (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(t.team, f.team) in :team)
  and (:any_feature or t.feature in :feature)
order by t.released_at desc, t.item
