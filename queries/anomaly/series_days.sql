-- title:   How did one series develop, and what was expected of it?
-- grain:   one row per UTC day that was judged and is still kept
-- params:  metric text, scope_type text, scope text, since date
-- returns: day date, unit text, actual ratio, expected ratio
select day, unit, actual, expected
from anomaly_day
where metric = :metric
  and scope_type = :scope_type
  and scope = :scope
  and day >= cast(:since as date)
order by day, unit
