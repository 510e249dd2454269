-- title:   What can the review be narrowed to?
-- grain:   one row per (dimension, item) of the declared features
-- params:  none
-- returns: dimension text, item text, item_name text
select distinct 'tier' as dimension, tier as item, tier as item_name from feature
union all
select distinct 'team', team, team from feature
union all
select 'feature', feature, max(name) from feature group by feature
order by dimension, item
