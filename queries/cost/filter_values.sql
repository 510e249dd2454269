-- title:   What can costs and usage be filtered by?
-- grain:   one row per (dimension, item) of the attribution keys, which every cost and every usage has
-- params:  none
-- returns: dimension text, item text, item_name text
with seen as (
  select distinct
    a.provider,
    coalesce(f.team, 'Unattributed') as team,
    coalesce(a.feature, 'unattributed') as feature,
    coalesce(f.name, 'Unattributed') as feature_name,
    a.model,
    coalesce(a.environment, 'unattributed') as environment
  from attribution a
  left join feature f on f.feature = a.feature
)
select distinct 'provider' as dimension, provider as item, provider as item_name from seen
union all
select distinct 'team', team, team from seen
union all
select 'feature', feature, max(feature_name) from seen group by feature
union all
select distinct 'model', coalesce(model, 'no model'), coalesce(model, 'no model') from seen
union all
select distinct 'environment', environment, environment from seen
order by dimension, item
