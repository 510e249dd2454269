-- title:   What did each feature cost each day?
-- grain:   one row per (feature, day) with costs
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, team texts, environment texts
-- returns: feature text, day date, billed_cost money
select feature, day, sum(billed_cost) as billed_cost
from attributed_cost_day
where currency = :currency
  and day >= cast(:start as date)
  and day < cast(:end as date)
  and (:any_provider or provider in :provider)
  and (:any_team or team in :team)
  and (:any_environment or environment in :environment)
group by feature, day
order by feature, day
