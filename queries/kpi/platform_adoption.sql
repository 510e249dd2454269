-- title:   How many AI teams work on the standard platform?
-- grain:   one row per period × segment with a team that owns a feature which is not retired
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          calling_count count, registered_count count, evaluated_count count
-- number:  2
-- name:    Platform adoption
-- definition: Teams with a call through a gateway whose requests are logged in the last 28 days, a release of a prompt
--          or model on record, and an evaluation in these 28 days, of all teams that own an AI feature.
-- unit:    ratio
-- better:  higher
-- cadence: month
-- stage:   leading
-- facts:   inference_request, release, evaluation
-- target:  >= 70%
-- spread:  none
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
member as (
  select feature, team, tier
  from feature
  where status <> 'retired'
    and (:any_tier or tier in :tier)
    and (:any_team or team in :team)
    and (:any_feature or feature in :feature)
),
did as (
  select 'call' as what, coalesce(a.team, f.team) as team, cast(r.day as timestamp) as at
  from request_day r
  join attribution a on a.attribution_key = r.attribution_key and r.day >= a.valid_from and r.day < a.valid_to
  left join feature f on f.feature = a.feature
  where r.request_count > 0
    and r.day >= cast(cast(:start as timestamp) - interval '28 days' as date)
  group by 1, 2, 3
  union all
  select 'release', coalesce(r.team, f.team), min(r.released_at)
  from release r
  left join feature f on f.feature = r.feature
  where r.kind in ('prompt', 'model') and r.released_at is not null
  group by 1, 2
  union all
  select 'evaluation', coalesce(e.team, f.team), e.evaluated_at
  from evaluation e
  left join feature f on f.feature = e.feature
  where e.evaluated_at >= cast(:start as timestamp) - interval '28 days'
  group by 1, 2, 3
),
known as (
  select
    p.start_at,
    d.team,
    max(case when d.what = 'call' and d.at >= p.end_at - interval '28 days' then 1 else 0 end) as called,
    max(case when d.what = 'release' then 1 else 0 end) as registered,
    max(case when d.what = 'evaluation' and d.at >= p.end_at - interval '28 days' then 1 else 0 end) as evaluated
  from span p
  join did d on d.at < p.end_at
  group by p.start_at, d.team
),
placed as (
  select distinct
    p.start_at,
    case :segment when 'tier' then m.tier when 'team' then m.team when 'feature' then m.feature else '' end as segment,
    m.team,
    coalesce(k.called, 0) as called,
    coalesce(k.registered, 0) as registered,
    coalesce(k.evaluated, 0) as evaluated
  from span p
  cross join member m
  left join known k on k.start_at = p.start_at and k.team = m.team
)
select
  start_at as period_start,
  segment,
  cast(sum(called * registered * evaluated) as double precision) as numerator,
  cast(count(*) as double precision) as denominator,
  cast(count(*) as bigint) as sample_count,
  cast(sum(called) as bigint) as calling_count,
  cast(sum(registered) as bigint) as registered_count,
  cast(sum(evaluated) as bigint) as evaluated_count
from placed
group by start_at, segment
order by start_at, segment
