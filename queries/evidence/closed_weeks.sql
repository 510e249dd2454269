-- title:   What did each KPI say when its week was closed?
-- grain:   one row per week × KPI × scope type × scope, of the closed weeks that begin in [start, end); with a filter
--          the rows of these tiers, teams and features only
-- params:  start date, end date, tier texts, team texts, feature texts
-- returns: week_start date, kpi text, scope_type text, scope text, cadence text, period_start timestamp,
--          period_end timestamp, status text, facts_state text, value number, numerator number, denominator number,
--          sample_count count, low number, high number, target text, limited_to text, judged number (what the target
--          compared), judged_as text (NULL: closed before it was kept), watermark_at timestamp, beside text,
--          problem text, closed_at timestamp, query_sha256 text
select
  week_start, kpi, scope_type, scope, cadence, period_start, period_end, status, facts_state, value, numerator,
  denominator, sample_count, low, high, target, limited_to, judged, judged_as, watermark_at, beside, problem, closed_at,
  query_sha256
from kpi_snapshot
where week_start >= cast(:start as date)
  and week_start < cast(:end as date)
  and (
    (:any_tier and :any_team and :any_feature)
    or (scope_type = 'tier' and scope in :tier)
    or (scope_type = 'team' and scope in :team)
    or (scope_type = 'feature' and scope in :feature)
  )
order by week_start, kpi, scope_type, scope
