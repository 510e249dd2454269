-- title:   How long did the requests of each service, provider or model take?
-- grain:   one row per (half of the span, item, measure, upper edge of a bucket) with answered requests; the span from
--          previous_start to start is compared with the one from start to end
-- params:  previous_start timestamp, start timestamp, end timestamp, level text(service|provider|model),
--          service texts, provider texts, model texts
-- returns: span text, item text, measure text, le_seconds ratio, request_count count
select
  case when hour >= cast(:start as timestamp) then 'now' else 'before' end as span,
  case cast(:level as varchar)
    when 'service' then service
    when 'provider' then provider
    else coalesce(model, 'no model')
  end as item,
  measure,
  le_seconds,
  cast(sum(request_count) as bigint) as request_count
from latency_hour
where hour >= cast(:previous_start as timestamp)
  and hour < cast(:end as timestamp)
  and (:any_service or service in :service)
  and (:any_provider or provider in :provider)
  and (:any_model or coalesce(model, 'no model') in :model)
group by 1, 2, 3, 4
order by 1, 2, 3, 4
