-- title:   What was promised about the KPIs, and what became of it?
-- grain:   one row per action that is open, or was promised in or closed since the week that begins at `since`,
--          what is due first on top
-- params:  since date, kpi texts
-- returns: action_id text, kpi text, week_start date, owner text, text text, due_on date, status text,
--          created_by text, created_at timestamp, closed_at timestamp, closed_by text, result text
select
  action_id, kpi, week_start, owner, text, due_on, status, created_by, created_at, closed_at, closed_by, result
from kpi_action
where (status = 'open' or week_start >= cast(:since as date) or closed_at >= cast(:since as date))
  and (:any_kpi or kpi in :kpi)
order by case status when 'open' then 0 else 1 end, due_on, action_id
