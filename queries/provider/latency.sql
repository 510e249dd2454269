-- title:   How long did each provider's models take to answer us?
-- grain:   one row per (provider, model, measure, bucket) of answered requests in the period or the one before.
--          a bucket counts what took longer than the edge below it and at most le_seconds; the last is infinity.
--          percentiles come from these counts added up, never from percentiles
-- params:  start date, end date, previous_start date, previous_end date (UTC days, half-open)
-- returns: provider text, model text, measure text, le_seconds seconds, request_count count,
--          previous_request_count count
select
  provider,
  model,
  measure,
  le_seconds,
  cast(sum(
    case when hour >= cast(:start as date) and hour < cast(:end as date) then request_count else 0 end
  ) as bigint) as request_count,
  cast(sum(
    case
      when hour >= cast(:previous_start as date) and hour < cast(:previous_end as date) then request_count
      else 0
    end
  ) as bigint) as previous_request_count
from latency_hour
where (hour >= cast(:start as date) and hour < cast(:end as date))
  or (hour >= cast(:previous_start as date) and hour < cast(:previous_end as date))
group by provider, model, measure, le_seconds
order by provider, model, measure, le_seconds
