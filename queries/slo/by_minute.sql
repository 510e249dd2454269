-- title:   How many events of SLOs were good each minute?
-- grain:   one row per (SLO objective, UTC minute) with events, as far as minutes are kept (35 days)
-- params:  start timestamp, end timestamp, slo texts
-- returns: slo text, minute timestamp, good_count count, total_count count
select
  slo,
  minute,
  cast(sum(good_count) as bigint) as good_count,
  cast(sum(total_count) as bigint) as total_count
from sli_minute
where minute >= cast(:start as timestamp)
  and minute < cast(:end as timestamp)
  and (:any_slo or slo in :slo)
group by slo, minute
order by slo, minute
