-- title:   What can costs and usage be filtered by?
-- grain:   one row per (dimension, item) that ever had costs or usage
-- params:  none
-- returns: dimension text, item text, item_name text
with used as (
  select provider, model, attribution_key, min(day) as first_day, max(day) as last_day
  from (
    select provider, model, attribution_key, day from cost_day
    union all
    select provider, model, attribution_key, day from usage_day
  ) days
  group by provider, model, attribution_key
),
seen as (
  select distinct
    u.provider,
    coalesce(f.team, 'Unattributed') as team,
    coalesce(a.feature, 'unattributed') as feature,
    coalesce(f.name, 'Unattributed') as feature_name,
    u.model,
    coalesce(a.environment, 'unattributed') as environment
  from used u
  left join attribution a
    on a.attribution_key = u.attribution_key and a.valid_from <= u.last_day and a.valid_to > u.first_day
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
