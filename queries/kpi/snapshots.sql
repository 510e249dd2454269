-- title:   What did each KPI say when its week was closed?
-- grain:   one row per KPI × scope of the closed weeks that begin in [start, end)
-- params:  start date, end date, scope_type text, kpi texts
-- returns: week_start date, kpi text, scope_type text, scope text, cadence text, period_start timestamp,
--          period_end timestamp, status text, facts_state text, closed_at timestamp, value number, numerator number,
--          denominator number, sample_count count, low number, high number, target text, watermark_at timestamp,
--          beside text, problem text, query_sha256 text, judged number, judged_as text, limited_to text
select
  week_start, kpi, scope_type, scope, cadence, period_start, period_end, status, facts_state, closed_at, value,
  numerator, denominator, sample_count, low, high, target, watermark_at, beside, problem, query_sha256, judged,
  judged_as, limited_to
from kpi_snapshot
where week_start >= cast(:start as date)
  and week_start < cast(:end as date)
  and scope_type = :scope_type
  and (:any_kpi or kpi in :kpi)
order by week_start, kpi, scope
