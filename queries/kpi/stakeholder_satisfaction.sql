-- title:   How satisfied are the people we build for?
-- grain:   one row per period × segment with a survey. Measurements know teams only
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|team), team texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          stddev number, response_ratio ratio, nps_points number
-- number:  18
-- name:    Stakeholder satisfaction
-- definition: Mean of the answers from 0 to 10 of the period, one answer a person.
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
placed as (
  select
    p.start_at,
    case when :segment = 'team' then m.team else '' end as segment,
    m.value,
    m.answer_count,
    m.invited_count,
    m.stddev,
    m.promoter_count,
    m.detractor_count
  from span p
  join measurement m on m.period_start >= p.start_at and m.period_start < p.end_at
  where m.metric = 'stakeholder_satisfaction'
    and m.value is not null
    and ((:segment = 'team' and m.team is not null) or (:segment <> 'team' and m.group_name is null)
      or (:segment <> 'team' and not :any_team))
    and (:any_team or m.team in :team)
)
select
  start_at as period_start,
  segment,
  cast(sum(value * answer_count) as double precision) as numerator,
  cast(sum(answer_count) as double precision) as denominator,
  cast(coalesce(sum(answer_count), 0) as bigint) as sample_count,
  sqrt(cast(sum(stddev * stddev * answer_count) as double precision) / nullif(sum(answer_count), 0)) as stddev,
  cast(sum(answer_count) as double precision) / nullif(cast(sum(invited_count) as double precision), 0)
    as response_ratio,
  100 * cast(sum(promoter_count) - sum(detractor_count) as double precision) / nullif(sum(answer_count), 0)
    as nps_points
from placed
group by start_at, segment
order by start_at, segment
