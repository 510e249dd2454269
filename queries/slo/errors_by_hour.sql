-- title:   How many of our requests failed each hour?
-- grain:   one row per UTC hour with requests. valid: all but those the caller got wrong (4xx other than 429);
--          bad: failed or throttled
-- params:  start timestamp, end timestamp (UTC, half-open), provider texts
-- returns: hour timestamp, bad_count count, valid_count count
select
  hour,
  cast(sum(failed_count + throttled_count) as bigint) as bad_count,
  cast(sum(request_count - rejected_count) as bigint) as valid_count
from request_hour
where hour >= cast(:start as timestamp)
  and hour < cast(:end as timestamp)
  and (:any_provider or provider in :provider)
group by hour
order by hour
