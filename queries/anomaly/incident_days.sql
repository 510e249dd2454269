-- title:   Which days belong to the incidents of late, and how were they and those after them judged?
-- grain:   one row per (metric, scope_type, scope, UTC day) from the first day of the oldest incident on, of series
--          with a day that alerted, also if no longer, since `since`
-- params:  since date, metrics texts
-- returns: metric text, scope_type text, scope text, unit text, day date, state text, score ratio, threshold ratio,
--          actual ratio, expected ratio, base_count count, is_alerting flag, incident_on date, withdrawn_at timestamp
select
  d.metric, d.scope_type, d.scope, d.unit, d.day, d.state, d.score, d.threshold, d.actual, d.expected, d.base_count,
  d.is_alerting, d.incident_on, d.withdrawn_at
from anomaly_day d
join (
  select metric, scope_type, scope, unit, min(incident_on) as first_on
  from anomaly_day
  where incident_on is not null
    and day >= cast(:since as date)
    and (:any_metrics or metric in :metrics)
  group by metric, scope_type, scope, unit
) s on s.metric = d.metric and s.scope_type = d.scope_type and s.scope = d.scope and s.unit = d.unit
where d.day >= s.first_on
order by d.metric, d.scope_type, d.scope, d.unit, d.day
