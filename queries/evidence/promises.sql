-- title:   What was promised about the KPIs, by whom, and who ended it?
-- grain:   one row per promise made or ended in the span, or open at its end, in order of time. `state` is that at the
--          end: open, done or dropped; names are as people gave them
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: created_at timestamp, created_by text, kpi text, week_start date, owner text, text text, due_on date,
--          state text, closed_at timestamp, closed_by text, result text, action_id text
with told as (
  select
    created_at, created_by, kpi, week_start, owner, text, due_on, status, closed_at, closed_by, result, action_id,
    closed_at is not null and closed_at < :end as is_ended
  from kpi_action
  where created_at < :end
)
select
  created_at, created_by, kpi, week_start, owner, text, due_on,
  case when is_ended then status else 'open' end as state,
  case when is_ended then closed_at end as closed_at,
  case when is_ended then closed_by end as closed_by,
  case when is_ended then result end as result,
  action_id
from told
where created_at >= :start
  or not is_ended
  or closed_at >= :start
order by created_at, action_id
