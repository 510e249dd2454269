-- title:   How good are the answers, score by score?
-- grain:   one row per month × series with an evaluation. A series is task × metric × evaluator × its version ×
--          feature: scores of two are never mixed. `stddev` is that of all answers of the month, NULL where a run
--          does not tell its own; `score` is NULL where no run has one
-- params:  start timestamp, end timestamp (months that begin in it), until timestamp (nothing later counts),
--          tier texts, team texts, feature texts
-- returns: period_start timestamp, period_on date, period_name text, task text, metric text, evaluator text,
--          evaluator_version text, feature text, team text, tier text, version text (the newest one evaluated),
--          score ratio, stddev number, sample_count count, run_count count, failed_count count (did not pass),
--          judged_count count (pass or fail is known), score_year_before ratio
with span as (
  select
    name, start_on, start_at,
    case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = 'month'
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
run as (
  select
    d.start_at,
    d.is_now,
    e.task,
    e.metric,
    coalesce(e.evaluator, '') as evaluator,
    coalesce(e.evaluator_version, '') as evaluator_version,
    coalesce(e.feature, '') as feature,
    coalesce(e.team, f.team) as team,
    f.tier,
    e.version,
    e.passed,
    case when coalesce(e.sample_count, 1) > 0 then e.score end as score,
    case when e.score is not null then coalesce(e.sample_count, 1) end as samples,
    e.score_stddev,
    row_number() over (
      partition by d.start_at, d.is_now, e.task, e.metric, coalesce(e.evaluator, ''),
        coalesce(e.evaluator_version, ''), coalesce(e.feature, '')
      order by case when e.version is null then 1 else 0 end, e.evaluated_at desc, e.evaluation_id
    ) as newest
  from (
    select start_at, start_at as from_at, end_at as to_at, 1 as is_now from span
    union all
    select start_at, start_at - interval '12 months', end_at - interval '12 months', 0 from span
  ) d
  join evaluation e on e.evaluated_at >= d.from_at and e.evaluated_at < d.to_at
  left join feature f on f.feature = e.feature
  where (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(e.team, f.team) in :team)
    and (:any_feature or e.feature in :feature)
),
series as (
  select
    start_at, is_now, task, metric, evaluator, evaluator_version, feature,
    min(team) as team,
    min(tier) as tier,
    max(case when newest = 1 then version end) as version,
    sum(score * samples) / nullif(sum(samples), 0) as score,
    sum((score_stddev * score_stddev + score * score) * samples) as squares,
    sum(case when score is not null and score_stddev is null then 1 else 0 end) as without_spread,
    sum(samples) as samples,
    count(*) as runs,
    sum(case when not passed then 1 else 0 end) as failed,
    count(passed) as judged
  from run
  group by start_at, is_now, task, metric, evaluator, evaluator_version, feature
)
select
  p.start_at as period_start,
  p.start_on as period_on,
  p.name as period_name,
  s.task,
  s.metric,
  s.evaluator,
  s.evaluator_version,
  s.feature,
  s.team,
  s.tier,
  s.version,
  cast(s.score as double precision) as score,
  cast(case
    when s.without_spread > 0 then null
    when s.squares / nullif(s.samples, 0) > s.score * s.score
      then sqrt(s.squares / nullif(s.samples, 0) - s.score * s.score)
    else 0 * s.score
  end as double precision) as stddev,
  cast(coalesce(s.samples, 0) as bigint) as sample_count,
  cast(s.runs as bigint) as run_count,
  cast(s.failed as bigint) as failed_count,
  cast(s.judged as bigint) as judged_count,
  cast(b.score as double precision) as score_year_before
from series s
join span p on p.start_at = s.start_at
left join series b
  on b.start_at = s.start_at
  and b.is_now = 0
  and b.task = s.task
  and b.metric = s.metric
  and b.evaluator = s.evaluator
  and b.evaluator_version = s.evaluator_version
  and b.feature = s.feature
where s.is_now = 1
order by s.start_at, s.task, s.metric, s.evaluator, s.evaluator_version, s.feature
