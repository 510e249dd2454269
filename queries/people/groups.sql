-- title:   What do people answer, group by group?
-- grain:   one row per survey or count × group × period that began in it; group_name NULL is everybody
-- params:  start timestamp, end timestamp,
--          metric text(engagement_enps|stakeholder_satisfaction|hiring_stage_pass|six_month_pass)
-- returns: source text, period_start timestamp, period_end timestamp, group_name text, team text, value number,
--          numerator number, denominator number, answer_count count, invited_count count, stddev number,
--          promoter_count count, detractor_count count
select
  source, period_start, period_end, group_name, team, value, numerator, denominator,
  cast(answer_count as bigint) as answer_count, cast(invited_count as bigint) as invited_count, stddev,
  cast(promoter_count as bigint) as promoter_count, cast(detractor_count as bigint) as detractor_count
from measurement
where metric = :metric
  and period_start >= cast(:start as timestamp)
  and period_start < cast(:end as timestamp)
order by period_start, source, case when group_name is null then 0 else 1 end, group_name
