-- title:   Which weeks, months and quarters has the organisation?
-- grain:   one row per cadence × period that begins in [start, end)
-- params:  start timestamp, end timestamp
-- returns: cadence text, name text, start_at timestamp, end_at timestamp, start_on date, end_on date
select cadence, name, start_at, end_at, start_on, end_on
from period
where start_at >= cast(:start as timestamp)
  and start_at < cast(:end as timestamp)
order by cadence, start_at
