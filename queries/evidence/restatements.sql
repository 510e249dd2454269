-- title:   Which complete days were changed afterwards?
-- grain:   one row per restatement of the span × day × measure, in order of time
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: restated_at timestamp, source text, table_name text, day date, measure text, before_value money,
--          after_value money, run_id text
select restated_at, source, table_name, day, measure, before_value, after_value, run_id
from restatement
where restated_at >= :start
  and restated_at < :end
order by restated_at, source, table_name, day, measure
