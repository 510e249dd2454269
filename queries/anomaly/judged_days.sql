-- title:   What was found of the days of each scope so far?
-- grain:   one row per (scope, UTC day) that was judged for the metric in the unit
-- params:  metric text, scope_type text, unit text, since date
-- returns: scope text, day date, error ratio, shift ratio, moved ratio, is_alerting flag, incident_on date,
--          first_scored_at timestamp, withdrawn_at timestamp
select scope, day, error, shift, moved, is_alerting, incident_on, first_scored_at, withdrawn_at
from anomaly_day
where metric = :metric
  and scope_type = :scope_type
  and unit = :unit
  and day >= cast(:since as date)
order by scope, day
