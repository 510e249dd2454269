-- title:   How did each provider's models answer us?
-- grain:   one row per (provider, model) with requests in the period or the one before. throttled: 429; rejected:
--          another 4xx, the caller's fault; failed: 5xx, a timeout or another error. counts of a period without a
--          request are NULL
-- params:  start date, end date, previous_start date, previous_end date (UTC days, half-open)
-- returns: provider text, model text, request_count count, throttled_count count, rejected_count count,
--          failed_count count, previous_request_count count, previous_throttled_count count,
--          previous_rejected_count count, previous_failed_count count
with told as (
  select
    provider, model, request_count, throttled_count, rejected_count, failed_count,
    hour >= cast(:start as date) and hour < cast(:end as date) as is_now,
    hour >= cast(:previous_start as date) and hour < cast(:previous_end as date) as is_before
  from request_hour
  where (hour >= cast(:start as date) and hour < cast(:end as date))
    or (hour >= cast(:previous_start as date) and hour < cast(:previous_end as date))
)
select
  provider,
  model,
  cast(sum(case when is_now then request_count end) as bigint) as request_count,
  cast(sum(case when is_now then throttled_count end) as bigint) as throttled_count,
  cast(sum(case when is_now then rejected_count end) as bigint) as rejected_count,
  cast(sum(case when is_now then failed_count end) as bigint) as failed_count,
  cast(sum(case when is_before then request_count end) as bigint) as previous_request_count,
  cast(sum(case when is_before then throttled_count end) as bigint) as previous_throttled_count,
  cast(sum(case when is_before then rejected_count end) as bigint) as previous_rejected_count,
  cast(sum(case when is_before then failed_count end) as bigint) as previous_failed_count
from told
group by provider, model
order by provider, model
