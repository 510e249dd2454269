-- title:   How satisfied are the people we build for?
-- grain:   one row per period × segment with a survey. Measurements know teams only,
--          which add up where nobody measured the whole
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|team), team texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          stddev number (of all answers, NULL where that of a group is unknown), response_ratio ratio,
--          nps_points number, nps_standard_error number (in points)
-- number:  18
-- name:    Stakeholder satisfaction
-- definition: Mean of the answers from 0 to 10 of the period, one answer a person. What does not fit the scale, or
--          its number of answers, is set aside and counted.
-- unit:    score_of_10
-- better:  higher
-- cadence: quarter
-- stage:   lagging
-- facts:   measurement
-- target:  >= 8
-- spread:  mean
-- minimum: 5
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
named as (
  select
    m.period_start + interval '12 hours' as placed_at,
    m.group_name,
    m.team,
    m.value,
    m.answer_count,
    m.invited_count,
    m.stddev,
    m.promoter_count,
    m.detractor_count,
    max(case when m.group_name is null then 1 else 0 end) over (partition by m.source, m.period_start) as has_whole
  from measurement m
  where m.metric = 'stakeholder_satisfaction'
    and m.value between 0 and 10
    and coalesce(m.answer_count, 1) > 0
    and coalesce(m.promoter_count, 0) >= 0
    and coalesce(m.detractor_count, 0) >= 0
    and coalesce(m.promoter_count + m.detractor_count <= m.answer_count, true)
),
placed as (
  select
    p.start_at,
    case when :segment = 'team' then n.team else '' end as segment,
    n.value,
    n.answer_count,
    n.invited_count,
    n.stddev,
    n.promoter_count,
    n.detractor_count,
    case when n.promoter_count is not null and n.detractor_count is not null then n.answer_count end as scored_count
  from span p
  join named n on n.placed_at >= p.start_at and n.placed_at < p.end_at
  where (:any_team or n.team in :team)
    and case
      when :segment = 'team' or not :any_team or n.has_whole = 0 then n.team is not null
      else n.group_name is null
    end
),
averaged as (
  select
    start_at, segment, value, answer_count, invited_count, stddev, promoter_count, detractor_count, scored_count,
    sum(value * answer_count) over (partition by start_at, segment)
      / nullif(sum(answer_count) over (partition by start_at, segment), 0) as mean
  from placed
)
select
  start_at as period_start,
  segment,
  cast(sum(value * answer_count) as double precision) as numerator,
  cast(sum(answer_count) as double precision) as denominator,
  cast(coalesce(sum(answer_count), 0) as bigint) as sample_count,
  case
    when count(stddev) = count(answer_count)
      then sqrt(
        cast(sum(answer_count * (stddev * stddev + power(value - mean, 2))) as double precision)
        / nullif(sum(answer_count), 0)
      )
  end as stddev,
  cast(sum(case when invited_count is not null then answer_count end) as double precision)
    / nullif(cast(sum(case when answer_count is not null then invited_count end) as double precision), 0)
    as response_ratio,
  100 * cast(sum(promoter_count) - sum(detractor_count) as double precision) / nullif(sum(scored_count), 0)
    as nps_points,
  100 * sqrt(
    (
      cast(sum(promoter_count) + sum(detractor_count) as double precision) / nullif(sum(scored_count), 0)
      - power(cast(sum(promoter_count) - sum(detractor_count) as double precision) / nullif(sum(scored_count), 0), 2)
    ) / nullif(sum(scored_count), 0)
  ) as nps_standard_error
from averaged
group by start_at, segment
order by start_at, segment
