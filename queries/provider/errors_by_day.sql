-- title:   How many requests did each provider fail or throttle each day?
-- grain:   one row per (UTC day, provider) with requests; valid: all but those the caller got wrong (4xx other than
--          429)
-- params:  start date, end date (UTC days, half-open), provider texts
-- returns: day date, provider text, valid_count count, failed_count count, throttled_count count
select
  cast(hour as date) as day,
  provider,
  cast(sum(request_count - rejected_count) as bigint) as valid_count,
  cast(sum(failed_count) as bigint) as failed_count,
  cast(sum(throttled_count) as bigint) as throttled_count
from request_hour
where hour >= cast(:start as date)
  and hour < cast(:end as date)
  and (:any_provider or provider in :provider)
group by cast(hour as date), provider
order by cast(hour as date), provider
