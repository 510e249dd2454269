-- title:   How many events of each SLO were good in a period?
-- grain:   one row per SLO objective with events in [start, end); whole hours from first_hour to last_hour come from
--          hours, the rest from minutes, as far as these are kept (35 days)
-- params:  start timestamp, first_hour timestamp, last_hour timestamp, end timestamp, slo texts
-- returns: slo text, good_count count, total_count count, excluded_count count, first_at timestamp
with piece as (
  select slo, hour as moment, good_count, total_count, excluded_count
  from sli_hour
  where hour >= cast(:first_hour as timestamp)
    and hour < cast(:last_hour as timestamp)
    and (:any_slo or slo in :slo)
  union all
  select slo, minute, good_count, total_count, excluded_count
  from sli_minute
  where minute >= cast(:start as timestamp)
    and minute < cast(:end as timestamp)
    and (minute < cast(:first_hour as timestamp) or minute >= cast(:last_hour as timestamp))
    and (:any_slo or slo in :slo)
)
select
  slo,
  cast(sum(good_count) as bigint) as good_count,
  cast(sum(total_count) as bigint) as total_count,
  cast(sum(excluded_count) as bigint) as excluded_count,
  min(moment) as first_at
from piece
group by slo
order by slo
