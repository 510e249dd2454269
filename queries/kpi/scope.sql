-- title:   Which declared features are left by the filters?
-- grain:   one row per tier with a feature that all filters leave; no row: nothing is in them
-- params:  tier texts, team texts, feature texts
-- returns: tier text, feature_count count
select tier, count(distinct feature) as feature_count
from feature
where (:any_tier or tier in :tier)
  and (:any_team or team in :team)
  and (:any_feature or feature in :feature)
group by tier
order by tier
