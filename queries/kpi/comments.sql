-- title:   What was said about the KPIs?
-- grain:   one row per comment about a week that begins in [start, end), newest first
-- params:  start date, end date, kpi texts
-- returns: comment_id text, kpi text, week_start date, author text, text text, created_at timestamp
select comment_id, kpi, week_start, author, text, created_at
from kpi_comment
where week_start >= cast(:start as date)
  and week_start < cast(:end as date)
  and (:any_kpi or kpi in :kpi)
order by created_at desc, comment_id
