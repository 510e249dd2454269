-- title:   Which complete days changed afterwards?
-- grain:   one row per (restatement, day, measure), newest first
-- params:  since timestamp, source texts (empty: all)
-- returns: restated_at timestamp, source text, table_name text, day date, measure text,
--          before_value money, after_value money, change_value money
select
  restated_at, source, table_name, day, measure, before_value, after_value,
  coalesce(after_value, 0) - coalesce(before_value, 0) as change_value
from restatement
where restated_at >= :since
  and (:any_source or source in :source)
order by restated_at desc, source, day desc, measure
