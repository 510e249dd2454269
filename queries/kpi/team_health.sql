-- title:   How is the team?
-- grain:   one row per period × segment with a survey or a count of people. Measurements know teams only,
--          which add up where nobody measured the whole
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|team), team texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          response_ratio ratio, standard_error number (in points), attrition_ratio ratio (voluntary leavers of the
--          last 12 months by the mean headcount; NULL while fewer months are told)
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
named as (  -- half a day later, a month of another time zone still lies in the period that has its days
  select
    m.metric,
    m.period_start + interval '12 hours' as placed_at,
    extract(epoch from m.period_end) - extract(epoch from m.period_start) as seconds,
    m.group_name,
    m.team,
    m.value,
    m.answer_count,
    m.invited_count,
    m.promoter_count,
    m.detractor_count,
    max(case when m.group_name is null then 1 else 0 end) over (
      partition by m.source, m.period_start, case when m.metric = 'engagement_enps' then 1 else 0 end
    ) as has_whole
  from measurement m
  where m.metric in ('headcount', 'voluntary_leavers')
    or (
      m.metric = 'engagement_enps'
      and coalesce(m.promoter_count, 0) >= 0
      and coalesce(m.detractor_count, 0) >= 0
      and coalesce(m.promoter_count + m.detractor_count <= m.answer_count, true)
    )
),
told as (
  select
    placed_at,
    case when :segment = 'team' then team else '' end as segment,
    seconds,
    case when metric = 'engagement_enps' and detractor_count is not null then promoter_count end as promoters,
    case when metric = 'engagement_enps' and promoter_count is not null then detractor_count end as detractors,
    case when metric = 'engagement_enps' and promoter_count + detractor_count is not null then answer_count end
      as answers,
    case when metric = 'engagement_enps' and invited_count is not null then answer_count end as responses,
    case when metric = 'engagement_enps' and answer_count is not null then invited_count end as invited,
    case when metric = 'voluntary_leavers' then value end as leavers,
    case when metric = 'headcount' then value end as heads
  from named
  where (:any_team or team in :team)
    and case
      when :segment = 'team' or not :any_team or has_whole = 0 then team is not null
      else group_name is null
    end
),
surveyed as (
  select
    p.start_at,
    t.segment,
    sum(t.promoters) as promoters,
    sum(t.detractors) as detractors,
    sum(t.answers) as answers,
    sum(t.responses) as responses,
    sum(t.invited) as invited
  from span p
  join told t on t.placed_at >= p.start_at and t.placed_at < p.end_at
  group by p.start_at, t.segment
),
counted as (  -- heads of groups add up, those of months do not
  select
    p.start_at,
    t.segment,
    t.placed_at,
    sum(t.leavers) as leavers,
    sum(t.heads) as heads,
    max(case when t.leavers is not null then t.seconds end) as seconds
  from span p
  join told t on t.placed_at < p.end_at and t.placed_at >= p.end_at - interval '12 months'
  group by p.start_at, t.segment, t.placed_at
),
left_of as (  -- leavers of fewer months than a year has are not those of a year
  select
    start_at,
    segment,
    case when sum(seconds) >= 360 * 86400 then cast(sum(leavers) as double precision) end
      / nullif(cast(avg(heads) as double precision), 0) as attrition_ratio
  from counted
  group by start_at, segment
)
select
  c.start_at as period_start,
  c.segment,
  cast(s.promoters - s.detractors as double precision) as numerator,
  cast(s.answers as double precision) as denominator,
  cast(coalesce(s.answers, 0) as bigint) as sample_count,
  cast(s.responses as double precision) / nullif(cast(s.invited as double precision), 0) as response_ratio,
  100 * sqrt(
    (
      cast(s.promoters + s.detractors as double precision) / nullif(s.answers, 0)
      - power(cast(s.promoters - s.detractors as double precision) / nullif(s.answers, 0), 2)
    ) / nullif(s.answers, 0)
  ) as standard_error,
  c.attrition_ratio
from left_of c
left join surveyed s on s.start_at = c.start_at and s.segment = c.segment
order by c.start_at, c.segment
