-- title:   What can alerts be filtered by?
-- grain:   one row per (dimension, item): rules that ever fired, teams and features that are declared, and the alerts
--          themselves with title and day
-- params:  none
-- returns: dimension text, item text, item_name text
with item as (
  select distinct 'rule' as dimension, rule as item, rule as item_name from alert
  union all
  select distinct 'team', team, team from feature
  union all
  select distinct 'feature', feature, name from feature
  union all
  select 'alert', alert_id, title || ' (' || cast(cast(opened_at as date) as varchar) || ')' from alert
)
select dimension, item, coalesce(item_name, item) as item_name
from item
where item is not null
order by dimension, item
