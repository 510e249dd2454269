-- title:   How many events of one SLO were good each hour?
-- grain:   one row per UTC hour with events
-- params:  slo text, start timestamp, end timestamp
-- returns: hour timestamp, good_count count, total_count count, excluded_count count
select
  hour,
  cast(sum(good_count) as bigint) as good_count,
  cast(sum(total_count) as bigint) as total_count,
  cast(sum(excluded_count) as bigint) as excluded_count
from sli_hour
where slo = :slo
  and hour >= cast(:start as timestamp)
  and hour < cast(:end as timestamp)
group by hour
order by hour
