-- title:   Which releases were evaluated before they went out?
-- grain:   one row per period × segment with a release of a prompt, a model or a feature
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          automated_count count, regression_count count
-- number:  3
-- name:    Evaluation coverage
-- definition: Releases whose automated evaluation and regression suite both ran on the very version released, before
--          it was released, of all releases of prompts, models and features. An older version's does not count.
-- unit:    ratio
-- better:  higher
-- cadence: month
-- stage:   leading
-- facts:   release, evaluation
-- target:  >= 80%; critical >= 90%
-- spread:  wilson
-- minimum: 3
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
ran as (
  select
    coalesce(feature, '') as feature,
    version,
    min(case when kind = 'automated' then evaluated_at end) as automated_at,
    min(case when kind = 'regression' then evaluated_at end) as regression_at
  from evaluation
  where version is not null
  group by coalesce(feature, ''), version
),
placed as (
  select
    p.start_at,
    case
      :segment when 'tier' then f.tier when 'team' then coalesce(r.team, f.team) when 'feature' then r.feature else ''
    end as segment,
    case when e.automated_at <= r.released_at then 1 else 0 end as automated,
    case when e.regression_at <= r.released_at then 1 else 0 end as regression
  from span p
  join release r on r.released_at >= p.start_at and r.released_at < p.end_at
  left join feature f on f.feature = r.feature
  left join ran e on e.version = r.version and e.feature = coalesce(r.feature, '')
  where r.environment = 'production'
    and r.status in ('released', 'reverted')
    and r.kind in ('prompt', 'model', 'feature')
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(r.team, f.team) in :team)
    and (:any_feature or r.feature in :feature)
)
select
  start_at as period_start,
  segment,
  cast(sum(automated * regression) as double precision) as numerator,
  cast(count(*) as double precision) as denominator,
  cast(count(*) as bigint) as sample_count,
  cast(sum(automated) as bigint) as automated_count,
  cast(sum(regression) as bigint) as regression_count
from placed
group by start_at, segment
order by start_at, segment
