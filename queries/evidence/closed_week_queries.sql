-- title:   By which queries were the KPIs of closed weeks made?
-- grain:   one row per text of a query that a closed week of the span names, in order of its name
-- params:  start date, end date
-- returns: name text, sha256 text, first_used_at timestamp, text text
select q.name, q.sha256, q.first_used_at, q.text
from query_text q
where q.sha256 in (
  select query_sha256
  from kpi_snapshot
  where week_start >= cast(:start as date)
    and week_start < cast(:end as date)
)
order by q.name, q.sha256
