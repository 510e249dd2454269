-- title:   What happened that explains a change?
-- grain:   one row per annotation, oldest first
-- params:  start date, end date (UTC days, half-open)
-- returns: day date, kind text, title text, feature text
select cast(occurred_at as date) as day, kind, title, feature
from annotation
where cast(occurred_at as date) >= cast(:start as date)
  and cast(occurred_at as date) < cast(:end as date)
order by occurred_at, title
