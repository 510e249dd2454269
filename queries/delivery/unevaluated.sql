-- title:   Which releases went out without both evaluations?
-- grain:   one row per production release of a prompt, a model or a feature whose automated evaluation or regression
--          suite did not run on its very version before it, newest first
-- params:  start timestamp, end timestamp, tier texts, team texts, feature texts
-- returns: released_at timestamp, lacks text (automated, regression, both), evaluated_later flag (both ran since),
--          kind text, version text, feature text, name text, team text, tier text, url text
with ran as (
  select
    coalesce(feature, '') as feature,
    version,
    min(case when kind = 'automated' then evaluated_at end) as automated_at,
    min(case when kind = 'regression' then evaluated_at end) as regression_at
  from evaluation
  where version is not null
  group by coalesce(feature, ''), version
),
told as (
  select
    r.released_at, r.kind, r.version, r.feature, f.name, coalesce(r.team, f.team) as team, f.tier, r.url, r.source,
    r.release_id, e.automated_at, e.regression_at,
    coalesce(e.automated_at <= r.released_at, false) as has_automated,
    coalesce(e.regression_at <= r.released_at, false) as has_regression
  from release r
  left join feature f on f.feature = r.feature
  left join ran e on e.version = r.version and e.feature = coalesce(r.feature, '')
  where r.environment = 'production'
    and r.status in ('released', 'reverted')
    and r.kind in ('prompt', 'model', 'feature')
    and r.released_at >= cast(:start as timestamp)
    and r.released_at < cast(:end as timestamp)
)
select
  released_at,
  case when has_automated then 'regression' when has_regression then 'automated' else 'both' end as lacks,
  automated_at is not null and regression_at is not null as evaluated_later,
  kind, version, feature, name, team, tier, url
from told
where not (has_automated and has_regression)
  and (:any_tier or tier in :tier)
  and (:any_team or team in :team)
  and (:any_feature or feature in :feature)
order by released_at desc, source, release_id
