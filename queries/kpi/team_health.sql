-- title:   How is the team?
-- grain:   one row per period × segment with a survey or a count of people. Measurements know teams only
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|team), team texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          response_ratio ratio, standard_error number (in points), attrition_ratio ratio (voluntary leavers of the
--          last 12 months by the mean headcount)
-- number:  16
-- name:    Team engagement
-- definition: Employee net promoter score: percent of answers of 9 and 10 minus percent of answers of 0 to 6. Fewer
--          than 5 answers are not told.
-- unit:    points
-- better:  higher
-- cadence: quarter
-- stage:   leading
-- facts:   measurement
-- target:  rising
-- scale:   100
-- minimum: 5
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
told as (
  select
    m.metric, m.period_start, m.period_end, m.team, m.value, m.answer_count, m.invited_count, m.promoter_count,
    m.detractor_count
  from measurement m
  where m.metric in ('engagement_enps', 'headcount', 'voluntary_leavers')
    and ((:segment = 'team' and m.team is not null) or (:segment <> 'team' and m.group_name is null)
      or (:segment <> 'team' and not :any_team))
    and (:any_team or m.team in :team)
),
placed as (
  select
    p.start_at,
    case when :segment = 'team' then t.team else '' end as segment,
    case when t.metric = 'engagement_enps' and t.period_start >= p.start_at then t.promoter_count end as promoters,
    case when t.metric = 'engagement_enps' and t.period_start >= p.start_at then t.detractor_count end as detractors,
    case when t.metric = 'engagement_enps' and t.period_start >= p.start_at then t.answer_count end as answers,
    case when t.metric = 'engagement_enps' and t.period_start >= p.start_at then t.invited_count end as invited,
    case when t.metric = 'voluntary_leavers' and t.period_start >= p.end_at - interval '12 months' then t.value end
      as leavers,
    case when t.metric = 'headcount' and t.period_start >= p.end_at - interval '12 months' then t.value end as heads
  from span p
  join told t on t.period_start < p.end_at and t.period_start >= p.end_at - interval '12 months'
)
select
  start_at as period_start,
  segment,
  cast(sum(promoters) - sum(detractors) as double precision) as numerator,
  cast(sum(answers) as double precision) as denominator,
  cast(coalesce(sum(answers), 0) as bigint) as sample_count,
  cast(sum(answers) as double precision) / nullif(cast(sum(invited) as double precision), 0) as response_ratio,
  100 * sqrt(
    (
      cast(sum(promoters) + sum(detractors) as double precision) / nullif(sum(answers), 0)
      - power(cast(sum(promoters) - sum(detractors) as double precision) / nullif(sum(answers), 0), 2)
    ) / nullif(sum(answers), 0)
  ) as standard_error,
  cast(sum(leavers) as double precision) / nullif(cast(avg(heads) as double precision), 0) as attrition_ratio
from placed
group by start_at, segment
order by start_at, segment
