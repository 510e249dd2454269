-- title:   Which days of the bill changed after they were complete?
-- grain:   one row per (restatement, source, day, currency), newest first
-- params:  start date, end date (UTC days of the bill, half-open), currency text
-- returns: day date, source text, before_cost money, after_cost money, change_cost money, restated_at timestamp
select
  day, source, before_value as before_cost, after_value as after_cost,
  coalesce(after_value, 0) - coalesce(before_value, 0) as change_cost,
  restated_at
from restatement
where measure = concat('billed_cost ', cast(:currency as varchar))
  and day >= cast(:start as date)
  and day < cast(:end as date)
order by restated_at desc, day desc, source
