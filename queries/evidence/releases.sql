-- title:   Which releases went out, was each approved, and what of that very version had been evaluated before?
-- grain:   one row per release by when it was released, or begun where it never was, in order of time. An evaluation
--          of an older version does not count; NULL where the version or the release is unknown
-- params:  start timestamp, end timestamp (UTC, half-open), tier texts, team texts, feature texts
-- returns: happened_at timestamp, source text, release_id text, kind text, status text, environment text,
--          version text, feature text, team text, tier text, service text, created_at timestamp,
--          released_at timestamp, approved_at timestamp, approval_count count, spec_id text,
--          spec_approved_at timestamp, automated_evaluation_at timestamp, regression_evaluation_at timestamp,
--          is_evaluated_before flag, reverts text, fixes text, url text
with approval as (
  select spec_id, min(approved_at) as approved_at
  from spec
  group by spec_id
),
ran as (
  select
    coalesce(feature, '') as feature,
    version,
    min(case when kind = 'automated' then evaluated_at end) as automated_at,
    min(case when kind = 'regression' then evaluated_at end) as regression_at
  from evaluation
  where version is not null
    and evaluated_at < cast(:end as timestamp)
  group by coalesce(feature, ''), version
)
select
  coalesce(r.released_at, r.created_at) as happened_at,
  r.source, r.release_id, r.kind, r.status, r.environment, r.version, r.feature,
  coalesce(r.team, f.team) as team,
  f.tier, r.service, r.created_at, r.released_at, r.approved_at, r.approval_count, r.spec_id,
  coalesce(a.approved_at, r.spec_approved_at) as spec_approved_at,
  e.automated_at as automated_evaluation_at,
  e.regression_at as regression_evaluation_at,
  case
    when r.released_at is null or r.version is null then null
    when e.automated_at <= r.released_at and e.regression_at <= r.released_at then true
    else false
  end as is_evaluated_before,
  r.reverts, r.fixes, r.url
from release r
left join feature f on f.feature = r.feature
left join approval a on a.spec_id = r.spec_id
left join ran e on e.version = r.version and e.feature = coalesce(r.feature, '')
where coalesce(r.released_at, r.created_at) >= cast(:start as timestamp)
  and coalesce(r.released_at, r.created_at) < cast(:end as timestamp)
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(r.team, f.team) in :team)
  and (:any_feature or r.feature in :feature)
order by happened_at, r.source, r.release_id
