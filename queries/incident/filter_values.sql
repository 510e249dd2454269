-- title:   What can our incidents be filtered by?
-- grain:   one row per (dimension, item) of our own incidents and declared features
-- params:  none
-- returns: dimension text, item text, item_name text
with seen as (
  select i.severity, i.feature, coalesce(i.team, f.team) as team
  from incident i
  left join feature f on f.feature = i.feature
  where i.provider is null
  union all
  select null, feature, team from feature
),
item as (
  select distinct 'severity' as dimension, severity as item from seen
  union all
  select distinct 'team', team from seen
  union all
  select distinct 'feature', feature from seen
)
select item.dimension, item.item, coalesce(f.name, item.item) as item_name
from item
left join feature f on item.dimension = 'feature' and f.feature = item.item
where item.item is not null
order by item.dimension, item.item
