-- title:   Which hours warn before their day has a verdict?
-- grain:   one row per (metric, scope_type, scope, hour) since `since` that warned, also if late data took it back, and
--          whether its day is judged by now
-- params:  since timestamp, metrics texts
-- returns: metric text, scope_type text, scope text, unit text, hour timestamp, score ratio, actual ratio,
--          expected ratio, is_withdrawn flag, is_judged flag, is_alerting flag
select
  h.metric, h.scope_type, h.scope, h.unit, h.hour, h.score, h.actual, h.expected,
  h.withdrawn_at is not null as is_withdrawn,
  d.day is not null as is_judged,
  coalesce(d.is_alerting, false) as is_alerting
from anomaly_hour h
left join anomaly_day d
  on d.metric = h.metric
  and d.scope_type = h.scope_type
  and d.scope = h.scope
  and d.unit = h.unit
  and d.day = cast(h.hour as date)
where h.hour >= cast(:since as timestamp)
  and (:any_metrics or h.metric in :metrics)
order by h.metric, h.scope_type, h.scope, h.hour
