-- title:   What can costs and usage be filtered by?
-- grain:   one row per (dimension, item) that ever had costs or usage
-- params:  none
-- returns: dimension text, item text, item_name text
with seen as (
  select provider, team, feature, feature_name, model, environment from attributed_cost_day
  group by provider, team, feature, feature_name, model, environment
  union
  select provider, team, feature, feature_name, model, environment from attributed_usage_day
  group by provider, team, feature, feature_name, model, environment
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
