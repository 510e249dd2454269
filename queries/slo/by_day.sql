-- title:   How many events of each SLO were good each day?
-- grain:   one row per (SLO objective, UTC day) with events
-- params:  start timestamp, end timestamp (whole hours), slo texts
-- returns: slo text, day date, good_count count, total_count count, excluded_count count
select
  slo,
  cast(hour as date) as day,
  cast(sum(good_count) as bigint) as good_count,
  cast(sum(total_count) as bigint) as total_count,
  cast(sum(excluded_count) as bigint) as excluded_count
from sli_hour
where hour >= cast(:start as timestamp)
  and hour < cast(:end as timestamp)
  and (:any_slo or slo in :slo)
group by slo, cast(hour as date)
order by slo, cast(hour as date)
