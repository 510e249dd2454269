-- title:   How fast does each SLO burn its budget right now?
-- grain:   one row per SLO objective with events since the longest of eight windows began
-- params:  end timestamp, start_1 timestamp, start_2 timestamp, start_3 timestamp, start_4 timestamp,
--          start_5 timestamp, start_6 timestamp, start_7 timestamp, start_8 timestamp (the earliest)
-- returns: slo text, good_1 count, total_1 count, good_2 count, total_2 count, good_3 count, total_3 count,
--          good_4 count, total_4 count, good_5 count, total_5 count, good_6 count, total_6 count,
--          good_7 count, total_7 count, good_8 count, total_8 count
select
  slo,
  cast(sum(case when minute >= cast(:start_1 as timestamp) then good_count else 0 end) as bigint) as good_1,
  cast(sum(case when minute >= cast(:start_1 as timestamp) then total_count else 0 end) as bigint) as total_1,
  cast(sum(case when minute >= cast(:start_2 as timestamp) then good_count else 0 end) as bigint) as good_2,
  cast(sum(case when minute >= cast(:start_2 as timestamp) then total_count else 0 end) as bigint) as total_2,
  cast(sum(case when minute >= cast(:start_3 as timestamp) then good_count else 0 end) as bigint) as good_3,
  cast(sum(case when minute >= cast(:start_3 as timestamp) then total_count else 0 end) as bigint) as total_3,
  cast(sum(case when minute >= cast(:start_4 as timestamp) then good_count else 0 end) as bigint) as good_4,
  cast(sum(case when minute >= cast(:start_4 as timestamp) then total_count else 0 end) as bigint) as total_4,
  cast(sum(case when minute >= cast(:start_5 as timestamp) then good_count else 0 end) as bigint) as good_5,
  cast(sum(case when minute >= cast(:start_5 as timestamp) then total_count else 0 end) as bigint) as total_5,
  cast(sum(case when minute >= cast(:start_6 as timestamp) then good_count else 0 end) as bigint) as good_6,
  cast(sum(case when minute >= cast(:start_6 as timestamp) then total_count else 0 end) as bigint) as total_6,
  cast(sum(case when minute >= cast(:start_7 as timestamp) then good_count else 0 end) as bigint) as good_7,
  cast(sum(case when minute >= cast(:start_7 as timestamp) then total_count else 0 end) as bigint) as total_7,
  cast(sum(case when minute >= cast(:start_8 as timestamp) then good_count else 0 end) as bigint) as good_8,
  cast(sum(case when minute >= cast(:start_8 as timestamp) then total_count else 0 end) as bigint) as total_8
from sli_minute
where minute >= cast(:start_8 as timestamp)
  and minute < cast(:end as timestamp)
group by slo
order by slo
