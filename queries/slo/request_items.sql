-- title:   Whose requests are logged?
-- grain:   one row per (dimension, item) of the requests since a moment
-- params:  since timestamp
-- returns: dimension text, item text
with seen as (
  select distinct service, provider, model from request_hour where hour >= cast(:since as timestamp)
)
select distinct 'service' as dimension, service as item from seen
union all
select distinct 'provider', provider from seen
union all
select distinct 'model', coalesce(model, 'no model') from seen
order by dimension, item
