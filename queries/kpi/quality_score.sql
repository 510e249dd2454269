-- title:   Are the answers getting better?
-- grain:   one row per period × segment with an evaluation that has a score. A series is task × metric ×
--          evaluator × its version × feature: scores of two are never mixed, only their changes in a year are
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          mean_score ratio (of the series, only to see where they are), series_count count, new_series_count count
-- number:  10
-- name:    Quality score
-- definition: Mean change of scores (0 to 100 points) against the same period a year before, over the series of
--          evaluations that were there in both. A series is one task, metric and evaluator with its version.
-- unit:    points
-- better:  higher
-- cadence: month
-- stage:   lagging
-- facts:   evaluation
-- target:  >= 5
with span as (
  select
    start_at,
    case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at,
    end_at as whole_end_at,
    cast(case :cadence
      when 'week' then start_on - interval '364 days' else start_on - interval '12 months'
    end as date) as year_on
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
compared as (  -- the same period of the calendar a year before, as much of it as is over of this one
  select start_at, start_at as from_at, end_at as to_at, 1 as is_now
  from span
  union all
  select
    s.start_at,
    y.start_at,
    case
      when s.end_at = s.whole_end_at then y.end_at
      when :cadence = 'week' then s.end_at - interval '364 days'
      else s.end_at - interval '12 months'
    end,
    0
  from span s
  join period y on y.cadence = :cadence and y.start_on = s.year_on
),
scored as (
  select
    d.start_at,
    d.is_now,
    e.task,
    e.metric,
    coalesce(e.evaluator, '') as evaluator,
    coalesce(e.evaluator_version, '') as evaluator_version,
    coalesce(e.feature, '') as feature,
    min(coalesce(e.team, f.team)) as team,
    min(f.tier) as tier,
    sum(e.score * coalesce(e.sample_count, 1)) / sum(coalesce(e.sample_count, 1)) as score
  from compared d
  join evaluation e on e.evaluated_at >= d.from_at and e.evaluated_at < d.to_at
  left join feature f on f.feature = e.feature
  where e.score is not null
    and coalesce(e.sample_count, 1) > 0
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(e.team, f.team) in :team)
    and (:any_feature or e.feature in :feature)
  group by 1, 2, 3, 4, 5, 6, 7
),
series as (
  select
    start_at,
    case :segment
      when 'tier' then max(case when is_now = 1 then tier end)
      when 'team' then max(case when is_now = 1 then team end)
      when 'feature' then nullif(feature, '')
      else ''
    end as segment,
    max(case when is_now = 1 then score end) as score,
    max(case when is_now = 0 then score end) as score_before
  from scored
  group by start_at, task, metric, evaluator, evaluator_version, feature
)
select
  start_at as period_start,
  segment,
  cast(100 * sum(case when score_before is not null then score - score_before end) as double precision) as numerator,
  cast(count(score_before) as double precision) as denominator,
  cast(count(score_before) as bigint) as sample_count,
  cast(avg(score) as double precision) as mean_score,
  cast(count(*) as bigint) as series_count,
  cast(count(*) - count(score_before) as bigint) as new_series_count
from series
where score is not null
group by start_at, segment
order by start_at, segment
