-- title:   How long did requests take over time?
-- grain:   one row per (hour or day, measure, upper edge of a bucket) with answered requests; the last edge is infinite
-- params:  start timestamp, end timestamp, step text(hour|day), service texts, provider texts, model texts
-- returns: moment timestamp, measure text, le_seconds ratio, request_count count
select
  case when cast(:step as varchar) = 'day' then date_trunc('day', hour) else hour end as moment,
  measure,
  le_seconds,
  cast(sum(request_count) as bigint) as request_count
from latency_hour
where hour >= cast(:start as timestamp)
  and hour < cast(:end as timestamp)
  and (:any_service or service in :service)
  and (:any_provider or provider in :provider)
  and (:any_model or coalesce(model, 'no model') in :model)
group by 1, 2, 3
order by 1, 2, 3
